//! `incamera convener`: who may convene, kept where this machine's server keeps its calls.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;
use server::{
    Config,
    store::{self, ConvenerError, Store},
};

use crate::exit::{Code, Failure};

/// Say who may convene calls on this machine's server.
///
/// Works on the data folder or the database, whether the server runs or not. A convener key is shown once, when it is
/// made; the server keeps only its hash.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    incamera convener add \"Protocol office\" --config /etc/incamera/incamera.toml\n  \
    incamera convener list --data /var/lib/incamera\n\n\
    Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 4 refused (the name is taken, or \
    unknown).")]
pub(crate) struct Options {
    #[command(subcommand)]
    act: Act,
    /// Config file of the server
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Data folder of the server, if not the config file's
    #[arg(long, value_name = "DIR", global = true)]
    data: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Act {
    /// Add a convener and print the new key
    Add {
        /// Who it is, for the list
        name: String,
    },
    /// List the conveners
    List,
    /// Remove a convener; calls already convened stay
    Remove {
        /// As in the list
        name: String,
    },
}

pub(crate) fn run(options: Options) -> Result<(), Failure> {
    let mut config = Config::load(options.config.as_deref()).map_err(Failure::usage)?;
    if let Some(data) = options.data {
        config.data = data;
    }
    tokio::runtime::Runtime::new()
        .map_err(Failure::failed)?
        .block_on(async {
            let store = store::open(&config).await.map_err(Failure::failed)?;
            let done = act(&*store, options.act, options.json).await;
            store.close().await;
            done
        })
}

async fn act(store: &dyn Store, act: Act, json: bool) -> Result<(), Failure> {
    match act {
        Act::Add { name } => {
            let key =
                store
                    .add_convener(&name, clock::wall_ms())
                    .await
                    .map_err(|error| match error {
                        ConvenerError::Name(_) => Failure::usage(error),
                        ConvenerError::Store(_) => Failure::failed(error),
                        ConvenerError::Exists => Failure::new(Code::Refused, error),
                    })?;
            if json {
                println!("{}", json!({ "name": name, "key": key }));
            } else {
                eprintln!("Convener key of {name}, shown this once:");
                println!("{key}");
            }
        }
        Act::List => {
            for convener in store.conveners().await.map_err(Failure::failed)? {
                let (name, added_at_ms) = (convener.name, convener.added_at);
                if json {
                    println!("{}", json!({ "name": name, "added_at_ms": added_at_ms }));
                } else {
                    println!("{name}");
                }
            }
        }
        Act::Remove { name } => {
            if !store
                .remove_convener(&name)
                .await
                .map_err(Failure::failed)?
            {
                let text = "there is no convener of that name; see `incamera convener list`";
                return Err(Failure::new(Code::Refused, text));
            }
        }
    }
    Ok(())
}
