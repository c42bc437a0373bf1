//! The table and two more circles, through a real server.

use participant::{Act, Control, Participant, Report, Sending};
use protocol::CircleId;

use crate::scene::{Scene, remote, until};

/// Two delegations of three, each in its circle, all with the own voice only.
struct Hall {
    seats: Vec<Participant>,
}

impl Hall {
    async fn gather(scene: &Scene) -> Self {
        let seat = |seat: u16| {
            let options = participant::Options {
                // Heads let their own people in, hosts all at the table.
                auto_host: true,
                own_circle: true,
                camera: false,
                ..scene.options(seat)
            };
            Participant::start(options).unwrap()
        };
        let host = seat(1);
        until(&host, "the host sits", |report| report.group.number == 1).await;
        let mut seats = vec![host];
        seats.extend((2..=6).map(seat));
        Self { seats }
    }

    /// All are verified by all in their circles, and at the table.
    async fn whole(&self) {
        for participant in &self.seats {
            let is_whole = |report: &Report| {
                report.group.verified.len() == 6
                    && in_circle(report).is_some_and(|seats| seats.len() == 3)
            };
            until(
                participant,
                "verified at the table and in its circle",
                is_whole,
            )
            .await;
        }
    }

    async fn write(&self, seat: usize, circle: CircleId, text: &str) {
        let act = Act::Text { text: text.into() };
        self.seats[seat - 1].act_in(circle, act).await.unwrap();
    }

    fn read(&self, seat: usize) -> Vec<(u8, String)> {
        let texts = self.seats[seat - 1].texts();
        let texts = texts.borrow();
        let mut read: Vec<_> = texts.iter().map(|t| (t.circle.0, t.text.clone())).collect();
        read.sort();
        read
    }
}

/// Who is verified in the circle this participant has joined, if frames would be sealed there.
fn in_circle(report: &Report) -> Option<Vec<u16>> {
    let view = report.group.view.as_ref()?;
    let circle = view
        .circles
        .first()
        .filter(|circle| circle.sending == Sending::Allowed)?;
    let verified = circle
        .members
        .iter()
        .filter(|m| m.state == ::sealed::session::MemberState::Verified);
    Some(verified.map(|m| m.seat.0).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn members_of_the_table_and_of_two_circles_read_what_is_theirs_and_nothing_else() {
    let scene = Scene::new();
    let server = scene.start(true).await;
    scene.convene_delegations(&server, &[3, 3]).await;
    let hall = Hall::gather(&scene).await;
    hall.whole().await;
    hall.write(2, CircleId(1), "for the first").await;
    hall.write(6, CircleId(2), "for the second").await;
    hall.write(3, CircleId::TABLE, "for all").await;
    for seat in 1..=6 {
        let participant = &hall.seats[seat - 1];
        until(participant, "two texts", |report| report.texts == 2).await;
        let own = match seat {
            1..=3 => (1, "for the first".to_owned()),
            _ => (2, "for the second".to_owned()),
        };
        assert_eq!(hall.read(seat), [(0, "for all".to_owned()), own]);
    }
    // Nobody of one delegation can as much as ask about the other's.
    let foreign = Act::Text { text: "x".into() };
    assert!(hall.seats[0].act_in(CircleId(2), foreign).await.is_err());
    server.stop().await;
}

/// How many voice packets of a seat this one has opened, and how many of them were for a circle.
fn voices(participant: &Participant, of: u16) -> (u64, u64) {
    let remote = remote(&participant.reports().borrow(), of);
    (remote.voices_received, remote.voices_in_circle)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voice_for_the_own_delegation_is_heard_by_its_members_and_by_nobody_else() {
    let scene = Scene::new();
    let server = scene.start(true).await;
    scene.convene_delegations(&server, &[3, 3]).await;
    let hall = Hall::gather(&scene).await;
    hall.whole().await;
    let speaker = &hall.seats[1];
    for seat in [1, 3, 4, 5, 6] {
        let hears = |report: &Report| report.heard.contains(&2);
        until(&hall.seats[seat - 1], "hears the table", hears).await;
    }
    speaker.control(Control::SpeakTo(CircleId(1))).await;
    for seat in [1, 3] {
        let hears = |report: &Report| remote(report, 2).voices_in_circle > 100;
        until(&hall.seats[seat - 1], "hears its own", hears).await;
    }
    let before = [4, 5, 6].map(|seat| voices(&hall.seats[seat - 1], 2));
    let more = voices(&hall.seats[0], 2).1 + 100;
    let goes_on = |report: &Report| remote(report, 2).voices_in_circle > more;
    until(&hall.seats[0], "goes on", goes_on).await;
    let after = [4, 5, 6].map(|seat| voices(&hall.seats[seat - 1], 2));
    assert_eq!(after, before, "the other delegation hears nothing");
    assert!(after.iter().all(|(_, in_circle)| *in_circle == 0));
    // And back to the table, where all hear it again.
    speaker.control(Control::SpeakTo(CircleId::TABLE)).await;
    for seat in [4, 5, 6] {
        let more = voices(&hall.seats[seat - 1], 2).0 + 50;
        let hears = move |report: &Report| remote(report, 2).voices_received > more;
        until(&hall.seats[seat - 1], "hears it again", hears).await;
    }
    for seat in &hall.seats {
        let refused = seat.reports().borrow().refused.clone();
        assert!(refused.is_empty(), "{refused:?}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn circles_outlive_a_restart_of_the_server_and_a_reload_of_a_client() {
    let scene = Scene::new();
    let server = scene.start(true).await;
    scene.convene_delegations(&server, &[3, 3]).await;
    let mut hall = Hall::gather(&scene).await;
    hall.whole().await;
    server.stop().await;
    let server = scene.start(true).await;
    let kept = hall.seats.remove(5).vanish().await;
    assert!(kept.memory.circles.contains_key(&CircleId(2)));
    let again = participant::Options {
        own_circle: true,
        camera: false,
        machine: Some(kept),
        ..scene.options(6)
    };
    hall.seats.push(Participant::start(again).unwrap());
    hall.whole().await;
    hall.write(4, CircleId(2), "after all that").await;
    until(&hall.seats[5], "its delegation's text", |report| {
        report.texts == 1
    })
    .await;
    server.stop().await;
}
