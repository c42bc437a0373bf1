//! Where calls and conveners are kept: `store = "sqlite"` or `store = "postgres://…"`.
//!
//! A URL holds a password: it has no plain `Debug`, and no error shows it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, de};
use sqlx::postgres::PgConnectOptions;

/// Where calls and conveners are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Storage {
    /// In an SQLite database in the data folder.
    #[default]
    Folder,
    /// In a PostgreSQL database.
    Postgres(PostgresUrl),
}

/// The URL of a PostgreSQL database, as libpq reads it: `postgres://user:password@host/database`, or
/// `postgres:///database?host=/run/postgresql` for a socket.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl(String);

/// What may follow the question mark. Others are refused: sqlx would log them.
const PARAMETERS: [&str; 10] = [
    "host",
    "port",
    "user",
    "password",
    "dbname",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "application_name",
];

impl FromStr for Storage {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "sqlite" => Ok(Self::Folder),
            url => url.parse().map(Self::Postgres),
        }
    }
}

impl FromStr for PostgresUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !(text.starts_with("postgres://") || text.starts_with("postgresql://")) {
            return Err("expected \"sqlite\", or a URL that begins with postgres://".to_owned());
        }
        let (_, query) = text.split_once('?').unwrap_or_default();
        let mut names = query.split('&').filter_map(|pair| pair.split('=').next());
        if names.any(|name| !name.is_empty() && !PARAMETERS.contains(&name)) {
            let known = PARAMETERS.join(", ");
            return Err(format!(
                "after the ? of the PostgreSQL URL only these are known: {known}"
            ));
        }
        // What sqlx says may repeat what was written.
        let options = PgConnectOptions::from_str(text).map_err(|_| {
            "this is not a PostgreSQL URL: postgres://user:password@host/database, where characters \
             other than letters and digits in the password are written as %XX; or \
             postgres:///database?host=/run/postgresql"
                .to_owned()
        })?;
        if options.get_database().is_none_or(str::is_empty) {
            return Err("the PostgreSQL URL names no database: postgres://…/database".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

impl PostgresUrl {
    pub(crate) fn options(&self) -> PgConnectOptions {
        PgConnectOptions::from_str(&self.0).expect("it was read when it was made")
    }

    /// Which database where, for people: no password.
    pub(crate) fn shown(&self) -> String {
        let options = self.options();
        let (user, database) = (options.get_username(), options.get_database());
        let database = database.unwrap_or_default();
        match options.get_socket() {
            Some(folder) => format!("{database} (as {user}, in {})", folder.display()),
            None => {
                let (host, port) = (options.get_host(), options.get_port());
                format!("{database} (as {user}, on {host}:{port})")
            }
        }
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://…")
    }
}

impl<'de> Deserialize<'de> for Storage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &str = "Planted-7f3a";

    #[test]
    fn both_engines_are_told_apart() {
        assert_eq!("sqlite".parse(), Ok(Storage::Folder));
        for url in [
            "postgres://u:p@host/calls",
            "postgresql://u@host:5433/calls?sslmode=verify-full",
            "postgres:///calls?host=/run/postgresql",
        ] {
            let read: Result<Storage, _> = url.parse();
            assert!(matches!(read, Ok(Storage::Postgres(_))), "{url}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_url_is_said_without_its_password() {
        for (url, part) in [
            ("postgress://u:Planted-7f3a@host/calls", "postgres://"),
            ("mysql://u:Planted-7f3a@host/calls", "sqlite"),
            ("postgres://u:Planted-7f3a@host", "no database"),
            ("postgres://u:Planted-7f3a@host:port/calls", "%XX"),
            ("postgres://u:Planted-7f3a/x@host/calls", "%XX"),
            ("postgres://u:p@host/calls?Planted-7f3a=1", "only these"),
            (
                "postgres://u:p@host/calls?sslmode=Planted-7f3a",
                "PostgreSQL URL",
            ),
        ] {
            let why = url.parse::<Storage>().expect_err(url);
            assert!(why.contains(part), "{url}: {why}");
            assert!(!why.contains(PASSWORD), "{why}");
        }
    }

    #[test]
    fn a_url_is_shown_without_its_password() {
        let url = "postgres://ada:Planted-7f3a@db.example.org/calls";
        let url: PostgresUrl = url.parse().unwrap();
        let debug = format!("{url:?} {:?}", Storage::Postgres(url.clone()));
        let shown = url.shown();
        assert!(!debug.contains(PASSWORD) && !shown.contains(PASSWORD));
        assert_eq!(shown, "calls (as ada, on db.example.org:5432)");
    }
}
