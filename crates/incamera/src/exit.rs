//! How a command ends badly: one sentence that says what to do, and an exit code for scripts.

use std::{fmt::Display, process::ExitCode};

/// The exit codes, as `incamera --help` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// It was tried and did not work.
    Failed = 1,
    /// The command line, the configuration or a file given is wrong; a rehearsal could not be played.
    Usage = 2,
    /// The server does not answer.
    Unreachable = 3,
    /// The server answered no.
    Refused = 4,
}

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    code: Code,
    text: String,
}

impl Failure {
    pub(crate) fn new(code: Code, text: impl Display) -> Self {
        Self {
            code,
            text: text.to_string(),
        }
    }

    /// Something went wrong that nothing above has a better word for.
    pub(crate) fn failed(text: impl Display) -> Self {
        Self::new(Code::Failed, text)
    }

    /// The command line, the configuration or a file given is wrong.
    pub(crate) fn usage(text: impl Display) -> Self {
        Self::new(Code::Usage, text)
    }

    /// The same with another code.
    pub(crate) fn with_code(self, code: Code) -> Self {
        Self { code, ..self }
    }

    /// What to tell a person.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Says it on standard error.
    pub(crate) fn report(&self) -> ExitCode {
        eprintln!("incamera: {}", self.text);
        ExitCode::from(self.code as u8)
    }
}
