//! Conveners, hosts and guests of one server: how each act is done, and what counts as its answer.

use std::{collections::HashMap, net::SocketAddr};

use anyhow::{Context as _, Result};
use data_encoding::BASE64URL_NOPAD;
use protocol::{
    AccessToken, ClientMessage, GroupRef, Sealed, SeatId, SecretHash, ServerMessage, types::Doors,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    act::Act,
    api::{Answer, ask},
    dice::Dice,
    seat::{Closed, Seat},
    seen::{GUEST, Seen},
    served::Beside,
};

/// The host's seat.
pub(crate) const HOST: u16 = 1;

pub(crate) struct People {
    pub(crate) address: SocketAddr,
    pub(crate) key: String,
    pub(crate) beside: Beside,
    /// Connections of hosts at their tables, by call.
    pub(crate) hosts: HashMap<String, Seat>,
    tokens: HashMap<(String, u16, u32), AccessToken>,
}

/// What came of an act.
pub(crate) enum Outcome {
    Acknowledged,
    /// It counts as not done.
    Refused(String),
    /// The server was gone before it said anything.
    Lost,
}

impl People {
    pub(crate) fn new(address: SocketAddr, key: String, beside: Beside) -> Self {
        let (hosts, tokens) = (HashMap::new(), HashMap::new());
        Self {
            address,
            key,
            beside,
            hosts,
            tokens,
        }
    }

    /// Says hello for a seat with one of its links.
    pub(crate) async fn hello(&self, call: &str, seat: u16, link: u32) -> Result<Seat, Closed> {
        let token = self.tokens.get(&(call.to_owned(), seat, link));
        let token = token
            .context("this link was never given out")
            .map_err(Closed::Lost)?;
        Seat::connect(self.address, call, seat, token.clone()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Value> {
        ask(self.address, &self.key, "GET", path, "").await.done()
    }

    /// Makes whatever secrets an act needs, so that they are known however it ends.
    pub(crate) fn prepare(&mut self, act: &Act, seen: &Seen, dice: &mut Dice) {
        let mut give = |call: &str, seat, link| {
            let token = AccessToken::from_bytes(dice.bytes());
            self.tokens.insert((call.to_owned(), seat, link), token);
        };
        match act {
            Act::Convene(call) => (HOST..=GUEST).for_each(|seat| give(call, seat, 1)),
            Act::Relink(call) => give(call, GUEST, seen.calls[call].link + 1),
            _ => {}
        }
    }

    /// Does it. `seen`: what was there before.
    pub(crate) async fn carry_out(&mut self, act: &Act, seen: &Seen) -> Outcome {
        let api = match act {
            Act::AddConvener(name) => return self.command(&["add", name]).await,
            Act::RemoveConvener(name) => return self.command(&["remove", name]).await,
            Act::Convene(id) => Some(("POST", "/calls".to_owned(), self.new_call(id))),
            Act::End(id) => Some(("POST", format!("/calls/{id}/end"), String::new())),
            Act::Delete(id) => Some(("DELETE", format!("/calls/{id}"), String::new())),
            Act::Relink(id) => {
                let link = self.link(id, GUEST, seen.calls[id].link + 1).to_string();
                Some(("PUT", format!("/calls/{id}/seats/{GUEST}/link"), link))
            }
            _ => None,
        };
        if let Some((method, path, body)) = api {
            return match ask(self.address, &self.key, method, &path, &body).await {
                Answer::Done(_) => Outcome::Acknowledged,
                Answer::Refused(status, text) => Outcome::Refused(format!("{status} {text}")),
                Answer::Lost => Outcome::Lost,
            };
        }
        match self.at_the_table(act, seen).await {
            Ok(()) => Outcome::Acknowledged,
            Err(Closed::Told(error)) => {
                Outcome::Refused(format!("{:?} {}", error.code, error.text))
            }
            Err(Closed::Lost(_)) => Outcome::Lost,
        }
    }

    async fn command(&self, arguments: &[&str]) -> Outcome {
        match self.beside.convener(arguments).await {
            Ok(_) => Outcome::Acknowledged,
            Err(error) => Outcome::Refused(format!("{error:#}")),
        }
    }

    /// What a host does over the own connection, until the server tells what came of it.
    async fn at_the_table(&mut self, act: &Act, seen: &Seen) -> Result<(), Closed> {
        use ServerMessage as M;
        let of = |id: &String| seen.calls[id].clone();
        match act {
            Act::Sit(id) => {
                let mut host = self.hello(id, HOST, 1).await?;
                host.sit().await?;
                self.hosts.insert(id.clone(), host);
                Ok(())
            }
            Act::Admit(id) => self.admit(id, of(id).link).await,
            Act::Doors(id, closed) => {
                let wanted = if *closed { Doors::Closed } else { Doors::Open };
                let host = self.host(id)?;
                host.send(&ClientMessage::SetDoors { doors: wanted })
                    .await?;
                host.until(|m| {
                    matches!(m, M::DoorsChanged { doors } if *doors == wanted).then_some(())
                })
                .await
            }
            Act::Found(id) => {
                let after = of(id).group;
                let host = self.host(id)?;
                let group = GroupRef::table(after + 1);
                host.send(&ClientMessage::Found { group, after }).await?;
                host.until(|m| {
                    matches!(m, M::Founded { group: g, .. } if *g == group).then_some(())
                })
                .await?;
                host.catch_up(group.number).await.map(drop)
            }
            Act::Commit(id, text) => {
                let (group, epoch) = (GroupRef::table(of(id).group), of(id).epoch);
                let message = ClientMessage::Commit {
                    group,
                    epoch,
                    commit: sealed(text)?,
                };
                let host = self.host(id)?;
                host.send(&message).await?;
                host.until(|m| matches!(m, M::Taken { epoch: e, .. } if *e == epoch).then_some(()))
                    .await
            }
            Act::Kept(id, text) => {
                let (group, epoch) = (GroupRef::table(of(id).group), of(id).epoch);
                let sealed = sealed(text)?;
                let message = ClientMessage::Kept {
                    group,
                    epoch,
                    sealed,
                };
                self.ordered(id, &message, text).await
            }
            Act::Adjourn(id) => {
                let host = self.host(id)?;
                host.send(&ClientMessage::Adjourn {}).await?;
                host.until(|m| matches!(m, M::Adjourned {}).then_some(()))
                    .await
            }
            _ => Err(Closed::Lost(anyhow::anyhow!(
                "{} is nothing a host does",
                act.name()
            ))),
        }
    }

    async fn ordered(
        &mut self,
        id: &str,
        message: &ClientMessage,
        text: &str,
    ) -> Result<(), Closed> {
        let host = self.host(id)?;
        host.send(message).await?;
        let own = |m: &ServerMessage| match m {
            ServerMessage::Ordered(entry) => (entry.sealed.as_str() == text).then_some(()),
            _ => None,
        };
        host.until(own).await
    }

    async fn admit(&mut self, id: &str, link: u32) -> Result<(), Closed> {
        let mut guest = self.hello(id, GUEST, link).await?;
        guest.send(&ClientMessage::Enter { knock: None }).await?;
        guest
            .until(|m| matches!(m, ServerMessage::Waiting { .. }).then_some(()))
            .await?;
        let seat = SeatId(GUEST);
        self.host(id)?.send(&ClientMessage::Admit { seat }).await?;
        guest
            .until(|m| matches!(m, ServerMessage::Seated { .. }).then_some(()))
            .await
    }

    fn host(&mut self, id: &str) -> Result<&mut Seat, Closed> {
        let host = self
            .hosts
            .get_mut(id)
            .context("this host is not at the table");
        host.map_err(Closed::Lost)
    }

    fn new_call(&self, id: &str) -> String {
        let seat = |seat: u16| {
            let host = seat == HOST;
            json!({ "id": seat, "delegation": seat, "kind": "principal", "host": host })
        };
        let seats: Vec<Value> = (HOST..=GUEST).map(seat).collect();
        let tokens: Vec<Value> = (HOST..=GUEST).map(|seat| self.link(id, seat, 1)).collect();
        let plan = BASE64URL_NOPAD.encode(&[7; 3_000]);
        json!({ "id": id, "shape": { "seats": seats }, "plan": plan, "tokens": tokens }).to_string()
    }

    fn link(&self, id: &str, seat: u16, link: u32) -> Value {
        let token = &self.tokens[&(id.to_owned(), seat, link)];
        let hash = SecretHash::from_bytes(Sha256::digest(token.as_bytes()).into());
        let grant = BASE64URL_NOPAD.encode(&[8; 600]);
        json!({ "seat": seat, "link": link, "hash": hash, "grant": grant })
    }
}

fn sealed(text: &str) -> Result<Sealed, Closed> {
    Sealed::from_text(text)
        .context("no base64url")
        .map_err(Closed::Lost)
}
