//! A server as a process of its own, for what is done to it from outside.

#![allow(dead_code)] // Not every test that has this needs all of it.

use std::{
    io::{BufRead as _, BufReader},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

/// A running `incamera serve`; killed when dropped.
pub(crate) struct Serve {
    child: Child,
    /// Where it is.
    pub(crate) url: String,
}

/// The program, without a server or key of this environment.
pub(crate) fn incamera(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_incamera"));
    command
        .args(arguments)
        .env_remove("INCAMERA_SERVER")
        .env_remove("INCAMERA_KEY")
        .env_remove("INCAMERA_STORE");
    command
}

/// Its exit code, and what it printed where.
pub(crate) fn run(command: &mut Command) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}

/// An address nobody listens on, a moment ago.
pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
}

/// A config file for a server with a self-signed certificate on loopback.
pub(crate) fn configure(folder: &Path) -> String {
    let (listen, media) = (free_address(), free_address());
    let data = folder.join("data");
    let file = folder.join("incamera.toml");
    let text = format!(
        "listen = [\"{listen}\"]\ndata = \"{}\"\nmetrics = \"off\"\n[media]\nlisten = [\"{media}\"]\n",
        data.display()
    );
    std::fs::write(&file, text).unwrap();
    file.display().to_string()
}

/// Serves until dropped.
pub(crate) fn serve(config: &str) -> Serve {
    let mut child = incamera(&["serve", "--config", config])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = Vec::new();
    let url = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let url = line.strip_prefix("Incamera serves ").map(str::to_owned);
        said.push(line);
        url
    });
    let url = url.unwrap_or_else(|| panic!("it did not start: {said:?}"));
    // Whatever else it says must not fill the pipe.
    std::thread::spawn(move || lines.for_each(drop));
    Serve { child, url }
}

impl Serve {
    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end. Its exit code.
    pub(crate) fn terminate(mut self) -> i32 {
        let id = self.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
