//! The program on PostgreSQL: a whole call of nine, and a server that is killed, with a database of its own.

mod common;

use common::{configure, free_address, incamera, run, serve};
use crash::cluster::Cluster;
use serde_json::Value;

#[test]
fn a_demo_is_played_on_postgresql_and_leaves_nothing_there() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let database = cluster.create(None);
    let store = cluster.url(&database);
    let port = free_address().port().to_string();
    let demo = ["demo", "--minutes", "0.2", "--json", "--port", &port];
    let (code, out, err) = run(incamera(&demo).env("INCAMERA_STORE", &store));
    assert_eq!(code, 0, "{err}\n{out}");
    let result: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    assert_eq!(result["seats"].as_array().map(Vec::len), Some(9));
    // What came and went was in that database, and not in a folder beside it.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let left = runtime.block_on(async {
        let store = server::store::open_database(&store.parse().unwrap()).await;
        let store = store.unwrap();
        let conveners = store.conveners().await.unwrap().len();
        store.add_convener("Ada", 1).await.unwrap();
        let ada = store.conveners().await.unwrap().remove(0).id;
        store.close().await;
        (conveners, format!("{ada:?}"))
    });
    // The operator was the first, the demo's convener the second.
    assert_eq!(left, (0, "ConvenerId(3)".to_owned()));
}

#[test]
fn commands_beside_a_server_on_postgresql_work_through_its_crash() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let config = configure(folder.path());
    let url = cluster.url(&cluster.create(None));
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("store = \"{url}\"\n{text}")).unwrap();
    let plan = folder.path().join("plan.toml");
    let seats = "seats = [{ name = \"Ada\", host = true }, { name = \"Olu\" }]";
    let text = format!("title = \"Talks\"\n[[delegations]]\nname = \"Board\"\n{seats}\n");
    std::fs::write(&plan, text).unwrap();
    let plan = plan.display().to_string();

    let server = serve(&config);
    let new = ["call", "new", &plan, "--config", &config, "--json"];
    let (code, out, err) = run(&mut incamera(&new));
    assert_eq!(code, 0, "{err}");
    let made: Value = serde_json::from_str(&out).unwrap();
    let add = ["convener", "add", "Ada", "--config", &config];
    assert_eq!(run(&mut incamera(&add)).0, 0);
    // Another server on the same database does not start, and says why.
    let other = tempfile::tempdir().unwrap();
    let second = configure(other.path());
    let serving = ["serve", "--config", &second];
    let (code, _, err) = run(incamera(&serving).env("INCAMERA_STORE", &url));
    assert!(
        code == 1 && err.contains("in use by another incamera"),
        "{err}"
    );
    drop(server); // SIGKILL
    let _server = serve(&config);
    let list = ["call", "list", "--config", &config, "--json"];
    let (_, out, _) = run(&mut incamera(&list));
    let list: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(list["calls"][0]["info"]["id"], made["call"]);
    let conveners = ["convener", "list", "--config", &config];
    assert_eq!(run(&mut incamera(&conveners)).1, "Ada\n");
}

#[test]
fn a_database_that_cannot_be_used_is_told_with_who_erred_and_without_the_password() {
    let folder = tempfile::tempdir().unwrap();
    let told = |store: &str| {
        let data = folder.path().display().to_string();
        let list = ["convener", "list", "--data", &data];
        let (code, out, err) = run(incamera(&list).env("INCAMERA_STORE", store));
        assert!(code != 0 && !(out + &err).contains("Planted"), "{err}");
        (code, err)
    };
    let (code, why) = told("postgress://u:Planted7f@host/calls");
    assert!(code == 2 && why.contains("INCAMERA_STORE"), "{why}");
    let nobody = free_address();
    let (code, why) = told(&format!("postgres://u:Planted7f@{nobody}/calls"));
    assert!(
        code == 1 && why.contains("cannot reach the PostgreSQL server"),
        "{why}"
    );
    let (code, why) = told(&format!(
        "postgres:///calls?host={}&password=Planted7f",
        folder.path().display()
    ));
    assert!(
        code == 1 && why.contains("cannot reach the PostgreSQL server"),
        "{why}"
    );
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let (code, why) = told(&format!("{}&password=Planted7f", cluster.url("nowhere")));
    assert!(
        code == 1 && why.contains("does not let us into the database"),
        "{why}"
    );
    assert!(why.contains("\"nowhere\" does not exist"), "{why}");
}
