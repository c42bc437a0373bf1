//! Links that are foreign, cut, guessed, replaced, closed, or used on two machines.

use crate::harness::{Host, random, random_id, sealed, seat_token};
use protocol::{AccessToken, ClientMessage, ErrorCode, SeatId, ServerMessage};

#[tokio::test]
async fn a_link_of_another_call_opens_nothing() {
    let server = Host::start().await;
    let (one, other) = (server.convene().await, server.convene().await);
    let mut client = server.connect(&one.id.to_string()).await;
    client.hello(other.tokens[0].clone(), 1).await;
    let error = client.ends_with(ErrorCode::UnknownLink).await;
    assert!(error.text.contains("complete"), "{}", error.text);
}

#[tokio::test]
async fn a_cut_or_unknown_call_id_is_told_as_such() {
    let server = Host::start().await;
    let call = server.convene().await;
    let cut = call.id.to_string()[..20].to_owned();
    for id in [cut, random_id().to_string(), "..%2f..%2fetc".to_owned()] {
        let mut client = server.connect(&id).await;
        client.hello(call.tokens[0].clone(), 1).await;
        client.ends_with(ErrorCode::UnknownCall).await;
    }
}

#[tokio::test]
async fn guesses_are_limited_and_the_table_notices_nothing() {
    let server = Host::start().await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    let mut limited = false;
    for _ in 0..30 {
        let mut client = server.connect(&call.id.to_string()).await;
        client.hello(AccessToken::from_bytes(random()), 1).await;
        let Ok(ServerMessage::Error(error)) = client.next().await else {
            panic!()
        };
        limited = error.code == ErrorCode::TooFast;
        assert!(limited || error.code == ErrorCode::UnknownLink);
    }
    assert!(limited);
    host.still_serves().await;
    // Others behind the same address have good links: they are not made to wait.
    let mut neighbour = server.hello(&call, 3, 3).await;
    neighbour.until("welcome").await;
}

#[tokio::test]
async fn a_new_link_closes_the_old_one_and_opens_the_seat() {
    let server = Host::start().await;
    let call = server.convene().await;
    let path = format!("/api/calls/{}/seats/3/link", call.id);
    let token = AccessToken::from_bytes(random());
    let body = |link: u32| seat_token(3, link, &token).to_string();
    let same = server
        .request("PUT", &path, Some(&server.key), &body(1))
        .await;
    assert_eq!(same.status / 100, 4, "{}", same.body);
    let risen = server
        .request("PUT", &path, Some(&server.key), &body(2))
        .await;
    assert_eq!(risen.status, 204, "{}", risen.body);
    let mut old = server.hello(&call, 3, 3).await;
    old.ends_with(ErrorCode::LinkClosed).await;
    let mut new = server.connect(&call.id.to_string()).await;
    new.hello(token, 3).await;
    let ServerMessage::Welcome { grant, .. } = new.until("welcome").await else {
        unreachable!()
    };
    assert_eq!(grant, sealed("grant 3 2"));
}

#[tokio::test]
async fn a_removed_seat_is_told_and_its_link_is_closed() {
    let server = Host::start().await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    let mut guest = server.seat(&call, &mut host, 3).await;
    host.send(&ClientMessage::Remove { seat: SeatId(3) }).await;
    guest.until("removed").await;
    guest.closes(ErrorCode::LinkClosed).await;
    let mut again = server.hello(&call, 3, 3).await;
    again.ends_with(ErrorCode::LinkClosed).await;
}

#[tokio::test]
async fn of_two_machines_on_one_seat_the_first_keeps_it() {
    let server = Host::start().await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    let mut first = server.seat(&call, &mut host, 3).await;
    let mut second = server.hello(&call, 3, 33).await;
    second.until("welcome").await;
    second.send(&ClientMessage::Enter { knock: None }).await;
    let ServerMessage::Waiting { occupied, .. } = second.until("waiting").await else {
        unreachable!()
    };
    assert!(occupied);
    first.until("seat_claimed").await;
    assert!(host.until_waiting(SeatId(3)).await);
    first.still_serves().await;
    host.send(&ClientMessage::Refuse { seat: SeatId(3) }).await;
    second.error(ErrorCode::Refused).await;
    first.still_serves().await;
}
