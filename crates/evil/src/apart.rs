//! The server as it is shipped, `incamera serve`, in a process of its own: what is in that process's
//! memory is the server's, and no participant's.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A server that serves until it is dropped.
pub struct Apart {
    child: Child,
    /// A convener's key on it.
    pub key: String,
}

impl Apart {
    /// Starts it on this folder and waits until it is ready.
    pub fn start(folder: &Path, address: SocketAddr, media: SocketAddr) -> Result<Self, String> {
        let binary = binary()?;
        let config = folder.join("incamera.toml");
        let data = folder.join("data");
        let settings = format!(
            "listen = [\"{address}\"]\nurl = \"http://{address}\"\ndata = {data:?}\nmetrics = \"off\"\ntls.mode = \"localhost\"\n\
             [media]\nlisten = [\"{media}\"]\n"
        );
        fs::write(&config, settings).map_err(|e| e.to_string())?;
        let command = |words: &[&str]| {
            let mut command = Command::new(&binary);
            command.args(words).arg("--config").arg(&config);
            // The server has no fault in it; what is tried is what others send it.
            command.env_remove(sealed::sabotage::VARIABLE);
            command
        };
        let added = command(&["convener", "add", "evil", "--json"]).output();
        let added = added.map_err(|e| format!("{}: {e}", binary.display()))?;
        let told: serde_json::Value =
            serde_json::from_slice(&added.stdout).map_err(|_| said(&added.stderr))?;
        let key = told["key"].as_str().ok_or("no convener's key")?.to_owned();
        let log = fs::File::create(folder.join("log")).map_err(|e| e.to_string())?;
        let output = log.try_clone().map_err(|e| e.to_string())?;
        let mut serve = command(&["serve"]);
        serve.stdin(Stdio::null()).stdout(output).stderr(log);
        let child = serve
            .spawn()
            .map_err(|e| format!("{}: {e}", binary.display()))?;
        let server = Self { child, key };
        let (start, ready) = (Instant::now(), format!("http://{address}/readyz"));
        while ureq::get(&ready).call().is_err() {
            if start.elapsed() > Duration::from_secs(20) {
                let log = fs::read(folder.join("log")).unwrap_or_default();
                return Err(format!("the server is not ready: {}", said(&log)));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(server)
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        // It has ended by itself: nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

/// `incamera`, built beside this program; the variable `INCAMERA` names another.
fn binary() -> Result<PathBuf, String> {
    if let Some(named) = std::env::var_os("INCAMERA") {
        return Ok(named.into());
    }
    let own = std::env::current_exe().map_err(|e| e.to_string())?;
    // Tests are one folder deeper.
    let mut folders = own.ancestors().skip(1).take(2);
    let found = folders
        .find(|folder| folder.join("incamera").is_file())
        .map(|folder| folder.join("incamera"));
    found.ok_or_else(|| format!("there is no `incamera` beside {}: build it", own.display()))
}
