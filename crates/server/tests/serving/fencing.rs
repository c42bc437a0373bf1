//! Somebody else writes to a call that is going on here: of two who write from one version one wins, and
//! whoever lost reads anew.

use call::Change;
use protocol::{ClientMessage, ErrorCode, SeatId, ServerMessage, types::Doors};
use server::store::{SharedStore, open};

use crate::{
    harness::{Convened, Host},
    restart::comes_back,
};

async fn beside(server: &Host) -> SharedStore {
    open(&server.config).await.unwrap()
}

/// Removes seat 3 as another server would.
async fn remove_guest(store: &SharedStore, call: &Convened) {
    let stored = store.call(call.id).await.unwrap().unwrap();
    let mut seats = stored.rows.seats.into_iter();
    let mut guest = seats.find(|seat| seat.seat == SeatId(3)).unwrap();
    guest.removed = true;
    let change = [Change::Seat(guest)];
    let done = store.commit(call.id, stored.version, &change, None);
    done.await.unwrap();
}

#[tokio::test]
async fn who_writes_second_tells_everybody_to_come_back_and_all_find_what_the_first_wrote() {
    let server = Host::start().await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    let mut guest = server.seat(&call, &mut host, 3).await;
    let store = beside(&server).await;
    remove_guest(&store, &call).await;
    let before = store.call(call.id).await.unwrap().unwrap();
    let close = ClientMessage::SetDoors {
        doors: Doors::Closed,
    };
    host.send(&close).await;
    for client in [&mut host, &mut guest] {
        // Nothing of the step is told, neither that it was done nor that it was not.
        loop {
            match client.next().await.unwrap() {
                ServerMessage::GoingAway { .. } => break,
                ServerMessage::DoorsChanged { .. } | ServerMessage::Error(_) => {
                    panic!("it was told of what lost")
                }
                _ => {}
            }
        }
        client.closes(ErrorCode::GoingAway).await;
    }
    let after = store.call(call.id).await.unwrap().unwrap();
    assert_eq!(after.version, before.version);
    let mut host = comes_back(&server, &call, 1).await;
    let mut guest = server.hello(&call, 3, 3).await;
    guest.ends_with(ErrorCode::LinkClosed).await;
    host.send(&close).await;
    host.until("doors_changed").await;
    store.close().await;
}

#[tokio::test]
async fn a_convener_whose_act_came_second_is_told_so_and_can_do_it_again() {
    let server = Host::start().await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    let _guest = server.seat(&call, &mut host, 3).await;
    let store = beside(&server).await;
    remove_guest(&store, &call).await;
    let path = format!("/api/calls/{}", call.id);
    let delete = || server.request("DELETE", &path, Some(&server.key), "");
    let first = delete().await;
    assert_eq!(first.status, 503, "{}", first.body);
    assert!(first.body.contains("Another server changed this call"));
    assert!(store.call(call.id).await.unwrap().is_some());
    host.until("going_away").await;
    assert_eq!(delete().await.status, 204);
    assert!(store.call(call.id).await.unwrap().is_none());
    store.close().await;
}

#[tokio::test]
async fn a_call_that_another_server_deleted_ends_here() {
    let server = Host::start().await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    let store = beside(&server).await;
    let stored = store.call(call.id).await.unwrap().unwrap();
    assert!(store.delete_call(call.id, stored.version).await.unwrap());
    let doors = Doors::Closed;
    host.send(&ClientMessage::SetDoors { doors }).await;
    host.until("going_away").await;
    let mut host = server.hello(&call, 1, 1).await;
    host.ends_with(ErrorCode::UnknownCall).await;
    store.close().await;
}
