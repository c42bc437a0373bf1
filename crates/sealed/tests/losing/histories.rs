//! Any history of losses. The model is who has which machine open; after it people do what their screens
//! ask of them, and then no state may be left in which the call does not go on.

use proptest::{collection::vec, prelude::*};
use protocol::SeatId;

use crate::hall::Hall;

const SEATS: u16 = 4;
const HOSTS: u16 = 2;

/// What happens, to the machine in use of a seat.
#[derive(Debug, Clone)]
enum Event {
    /// The page goes without a word.
    Close(u16),
    /// It is loaded anew, or opened.
    Open(u16),
    /// What it knew of the group is lost, then it is loaded anew.
    Forget(u16),
    /// The link is opened in another browser; the former page goes, or stays.
    Move(u16, bool),
    /// The line breaks.
    Cut(u16),
    /// The line is back.
    Connect(u16),
    /// The server is restarted.
    Restart,
    /// All pages are loaded anew.
    ReloadAll,
    /// All pages of hosts go.
    LoseHosts,
    /// Hosts answer what they are asked.
    Admit,
    /// Everybody answers about machines.
    Accept,
}

fn events() -> impl Strategy<Value = Vec<(Event, u64)>> {
    let seat = || 1..=SEATS;
    let event = prop_oneof![
        3 => seat().prop_map(Event::Close),
        4 => seat().prop_map(Event::Open),
        2 => seat().prop_map(Event::Forget),
        4 => (seat(), any::<bool>()).prop_map(|(seat, stays)| Event::Move(seat, stays)),
        2 => seat().prop_map(Event::Cut),
        2 => seat().prop_map(Event::Connect),
        2 => Just(Event::Restart),
        1 => Just(Event::ReloadAll),
        2 => Just(Event::LoseHosts),
        2 => Just(Event::Admit),
        1 => Just(Event::Accept),
    ];
    // Mostly shorter than what clients wait for, sometimes as long.
    let pause = prop_oneof![3 => 0..700u64, 3 => 700..6_000u64, 1 => 6_000..20_000u64];
    vec((event, pause), 1..14)
}

/// The machine each seat uses now.
struct Uses(Vec<usize>);

impl Uses {
    fn of(&self, seat: u16) -> usize {
        self.0[usize::from(seat) - 1]
    }
}

fn play(hall: &mut Hall, uses: &mut Uses, event: &Event) {
    match *event {
        Event::Close(seat) => hall.close(uses.of(seat)),
        Event::Open(seat) => hall.open(uses.of(seat)),
        Event::Forget(seat) => {
            hall.close(uses.of(seat));
            hall.forget_memory(uses.of(seat));
            hall.open(uses.of(seat));
        }
        Event::Move(seat, stays) => {
            if !stays {
                hall.close(uses.of(seat));
            }
            let machine = hall.new_machine(SeatId(seat));
            uses.0[usize::from(seat) - 1] = machine;
            hall.open(machine);
        }
        Event::Cut(seat) => hall.cut(uses.of(seat)),
        Event::Connect(seat) => hall.connect(uses.of(seat)),
        Event::Restart => hall.restart(),
        Event::ReloadAll => {
            let open = hall.open_pages();
            open.iter().for_each(|machine| hall.close(*machine));
            open.iter().for_each(|machine| hall.open(*machine));
        }
        Event::LoseHosts => (1..=HOSTS).for_each(|seat| hall.close(uses.of(seat))),
        Event::Admit => hall.admit(),
        Event::Accept => {
            hall.accept_machines();
        }
    }
}

/// People come back and do what they are asked.
fn settle(hall: &mut Hall, uses: &Uses) {
    // Who has moved leaves the former machine; whose line is cut gets it back; who is out comes in.
    for machine in hall.open_pages() {
        if !uses.0.contains(&machine) {
            hall.close(machine);
        }
    }
    for round in 0..120 {
        for machine in &uses.0 {
            if hall.is_cut(*machine) {
                hall.connect(*machine);
            } else if !hall.is_open(*machine) && round % 10 == 0 {
                hall.open(*machine);
            }
        }
        hall.admit();
        hall.accept_machines();
        hall.run(1_000);
        if round >= 20 && hall.is_whole(SEATS.into()) {
            return;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("INCAMERA_RUNS").ok().and_then(|n| n.parse().ok()).unwrap_or(24),
        max_shrink_iters: 60,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_loss_of_hosts_machines_or_memory_leaves_a_call_that_is_stuck(history in events()) {
        let mut hall = Hall::seated(SEATS, HOSTS);
        let mut uses = Uses((0..usize::from(SEATS)).collect());
        for (event, pause) in &history {
            play(&mut hall, &mut uses, event);
            hall.run(*pause);
        }
        settle(&mut hall, &uses);
        prop_assert!(hall.is_whole(SEATS.into()), "stuck\n{}", hall.describe());
        let table = hall.at_the_table();
        for from in &table {
            for to in table.iter().filter(|to| *to != from) {
                prop_assert!(hall.hears(*from, *to), "{} to {}\n{}", from, to, hall.describe());
            }
        }
    }
}
