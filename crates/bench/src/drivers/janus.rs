//! Janus, the videoroom plugin over its HTTP interface: one PeerConnection to publish, one to receive.

use std::{
    collections::{HashMap, VecDeque},
    fs,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::Driver;
use crate::{
    generator::Pcs,
    pc::Spec,
    process::{Server, free_port},
    sdp::Numbers,
    shape::{Seat, Shape},
};

const ROOM: u32 = 1;
/// Longest wait for an event.
const PATIENCE: Duration = Duration::from_secs(15);

pub(super) struct Janus {
    server: Server,
    base: String,
    session: u64,
    events: VecDeque<Value>,
    next_transaction: u64,
    /// Of each seat that publishes: its feed, and the mids of its lines.
    feeds: HashMap<usize, (u64, Vec<String>)>,
    _folder: TempDir,
}

impl Janus {
    pub(super) fn start(program: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let port = free_port()?;
        configure(folder.path(), port)?;
        let path = folder.path().to_str().context("an odd temporary folder")?;
        let main = format!("{path}/janus.jcfg");
        let server = Server::start(program, &["-F", path, "-C", &main], folder.path())?;
        let base = format!("http://127.0.0.1:{port}/janus");
        let mut janus = Self {
            server,
            base,
            session: 0,
            events: VecDeque::new(),
            next_transaction: 0,
            feeds: HashMap::new(),
            _folder: folder,
        };
        let create = json!({ "janus": "create", "transaction": "0" });
        let mut created = None;
        janus.server.wait_until(Duration::from_secs(5), || {
            created = post(&janus.base, &create).ok();
            created.is_some()
        })?;
        let session = created.and_then(|session| session["data"]["id"].as_u64());
        janus.session = session.context("no session")?;
        Ok(janus)
    }

    fn session_url(&self) -> String {
        format!("{}/{}", self.base, self.session)
    }

    fn attach(&mut self) -> Result<u64> {
        let plugin = "janus.plugin.videoroom";
        let attach = json!({ "janus": "attach", "plugin": plugin, "transaction": "0" });
        let handle = post(&self.session_url(), &attach)?;
        handle["data"]["id"].as_u64().context("no handle")
    }

    /// Says something to the plugin; gives its answer, which may come as an event.
    fn say(&mut self, handle: u64, body: Value, jsep: Option<Value>) -> Result<Value> {
        self.next_transaction += 1;
        let transaction = self.next_transaction.to_string();
        let mut message = json!({
            "janus": "message", "transaction": transaction, "body": body,
        });
        if let Some(jsep) = jsep {
            message["jsep"] = jsep;
        }
        let answer = post(&format!("{}/{handle}", self.session_url()), &message)?;
        let answer = if answer["janus"] == "ack" {
            self.event(&transaction)?
        } else {
            answer
        };
        if let Some(why) = answer["plugindata"]["data"]["error"].as_str() {
            bail!("Janus refused: {why}");
        }
        Ok(answer)
    }

    fn event(&mut self, transaction: &str) -> Result<Value> {
        let limit = Instant::now() + PATIENCE;
        while Instant::now() < limit {
            let wanted = |event: &Value| event["transaction"] == transaction;
            if let Some(at) = self.events.iter().position(wanted) {
                return self.events.remove(at).context("it was there");
            }
            let url = format!("{}?maxev=20", self.session_url());
            let events: Value = ureq::get(url).call()?.body_mut().read_json()?;
            match events {
                Value::Array(events) => self.events.extend(events),
                event => self.events.push_back(event),
            }
        }
        bail!("Janus gave no answer")
    }

    fn publish(&mut self, shape: &Shape, index: usize, pcs: &Pcs) -> Result<()> {
        let seat = &shape.seats[index];
        let spec = Spec {
            microphone: seat.voice,
            camera: seat.picture.is_some(),
            voice: seat.voice,
            picture: seat.picture,
            highest_first: true,
            ..Spec::default()
        };
        let since = Instant::now();
        let handle = self.attach()?;
        let join = json!({ "request": "join", "ptype": "publisher", "room": ROOM });
        let joined = self.say(handle, join, None)?;
        let feed = joined["plugindata"]["data"]["id"]
            .as_u64()
            .context("no feed")?;
        let (pc, sdp) = pcs.offer(spec, since)?;
        let mids = Numbers::read(&sdp).lines.into_iter().map(|line| line.mid);
        self.feeds.insert(index, (feed, mids.collect()));
        let jsep = json!({ "type": "offer", "sdp": sdp });
        let published = self.say(handle, json!({ "request": "publish" }), Some(jsep))?;
        let answer = published["jsep"]["sdp"].as_str().context("no answer")?;
        pcs.accept(pc, answer.to_owned())?;
        pcs.connected(pc)
    }

    fn subscribe(&mut self, shape: &Shape, index: usize, pcs: &Pcs) -> Result<()> {
        let streams = self.streams(&shape.seats[index])?;
        if streams.is_empty() {
            return Ok(());
        }
        let since = Instant::now();
        let handle = self.attach()?;
        let join = json!({
            "request": "join", "ptype": "subscriber", "room": ROOM, "streams": streams,
        });
        let joined = self.say(handle, join, None)?;
        let offer = joined["jsep"]["sdp"].as_str().context("no offer")?;
        let (pc, sdp) = pcs.answer(offer.to_owned(), since)?;
        let jsep = json!({ "type": "answer", "sdp": sdp });
        self.say(handle, json!({ "request": "start" }), Some(jsep))?;
        pcs.connected(pc)
    }

    /// What a seat subscribes to: of a feed the microphone's line comes first, the camera's last.
    fn streams(&self, seat: &Seat) -> Result<Vec<Value>> {
        let mut streams = Vec::new();
        for (sources, camera) in [(&seat.hears, false), (&seat.sees, true)] {
            for of in sources {
                let (feed, mids) = self.feeds.get(of).context("nobody publishes there")?;
                let mid = if camera { mids.last() } else { mids.first() };
                streams.push(json!({ "feed": feed, "mid": mid }));
            }
        }
        Ok(streams)
    }
}

impl Driver for Janus {
    fn server(&self) -> &Server {
        &self.server
    }

    fn prepare(&mut self, shape: &Shape) -> Result<()> {
        let handle = self.attach()?;
        let senders = shape
            .seats
            .iter()
            .filter(|s| s.voice || s.picture.is_some());
        let create = json!({
            "request": "create", "room": ROOM, "publishers": senders.count(),
            "audiocodec": "opus", "videocodec": "vp8", "bitrate": 0,
            "audiolevel_ext": false, "notify_joining": false,
        });
        self.say(handle, create, None).map(drop)
    }

    fn join(&mut self, shape: &Shape, index: usize, pcs: &Pcs) -> Result<()> {
        let seat = &shape.seats[index];
        if seat.voice || seat.picture.is_some() {
            self.publish(shape, index, pcs)?;
        }
        Ok(())
    }

    fn complete(&mut self, shape: &Shape, index: usize, pcs: &Pcs) -> Result<()> {
        self.subscribe(shape, index, pcs)
    }
}

fn post(url: &str, body: &Value) -> Result<Value> {
    let answer: Value = ureq::post(url).send_json(body)?.body_mut().read_json()?;
    if answer["janus"] == "error" {
        bail!("Janus refused: {}", answer["error"]["reason"]);
    }
    Ok(answer)
}

/// As its manual recommends for many users: one event loop for each core it may use, ICE lite on a
/// known address, only what is used is loaded.
fn configure(folder: &Path, port: u16) -> Result<()> {
    let files = [
        (
            "janus.jcfg",
            "general: {\n event_loops = 1\n session_timeout = 0\n debug_level = 2\n }\n\
             nat: {\n ice_lite = true\n ice_enforce_list = \"127.0.0.2\"\n ignore_mdns = true\n }\n\
             plugins: {\n disable = \"libjanus_audiobridge.so,libjanus_duktape.so,\
             libjanus_echotest.so,libjanus_lua.so,libjanus_nosip.so,libjanus_recordplay.so,\
             libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,\
             libjanus_voicemail.so\"\n }\n\
             transports: {\n disable = \"libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,\
             libjanus_rabbitmq.so,libjanus_websockets.so\"\n }\n\
             events: {\n broadcast = false\n }\n"
                .to_owned(),
        ),
        (
            "janus.transport.http.jcfg",
            format!(
                "general: {{\n json = \"compact\"\n base_path = \"/janus\"\n http = true\n \
                 port = {port}\n ip = \"127.0.0.1\"\n https = false\n }}\n\
                 admin: {{\n admin_http = false\n }}\n"
            ),
        ),
        ("janus.plugin.videoroom.jcfg", "general: {\n }\n".to_owned()),
    ];
    for (name, text) in files {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}
