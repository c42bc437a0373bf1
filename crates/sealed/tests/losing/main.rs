//! How a group can lose its hosts, their machines and their memory, with the server's real decisions and
//! the clients'. Whatever happened: once a host's link is open somewhere, the call goes on.

mod hall;
mod histories;

use hall::Hall;
use protocol::SeatId;
use sealed::session::ProblemKind;

const HOST: usize = 0;

/// The call goes on in time, nobody at the table is asked to let others in again; then the others accept
/// the host's machine, if they are asked.
fn goes_on(hall: &mut Hall, count: usize, asked: bool) {
    hall.until(15_000, "all are in one group", |hall| hall.is_joined(count));
    hall.run(1_000);
    assert_eq!(hall.clicks, 0, "nobody had to be let in again");
    let others = count - 1;
    assert_eq!(hall.accept_machines(), if asked { others } else { 0 });
    hall.until(3_000, "all are verified", |hall| hall.is_whole(count));
    let table = hall.at_the_table();
    for from in &table {
        for to in table.iter().filter(|to| *to != from) {
            assert!(
                hall.hears(*from, *to),
                "{from} to {to}\n{}",
                hall.describe()
            );
        }
    }
}

#[test]
fn the_only_host_goes_on_at_another_machine() {
    for seats in [2, 3, 5] {
        let mut hall = Hall::seated(seats, 1);
        hall.close(HOST);
        hall.run(3_000);
        let other = hall.new_machine(SeatId(1));
        hall.open(other);
        goes_on(&mut hall, seats.into(), true);
    }
}

#[test]
fn the_others_hear_nothing_of_the_new_machine_before_they_accept_it() {
    let mut hall = Hall::seated(3, 1);
    hall.close(HOST);
    let other = hall.new_machine(SeatId(1));
    hall.open(other);
    hall.until(15_000, "all are in one group", |hall| hall.is_joined(3));
    hall.run(1_000);
    for member in [1, 2] {
        assert!(!hall.hears(other, member) && hall.hears(member, other));
        let problems = &hall.view(member).unwrap().table.problems;
        let asked = |kind| problems.iter().any(|p| p.kind == kind);
        assert!(asked(ProblemKind::DeviceChanged) && asked(ProblemKind::Recovered));
    }
}

#[test]
fn the_only_host_goes_on_after_its_storage_was_cleared() {
    let mut hall = Hall::seated(3, 1);
    // The page is loaded anew: nothing of the former is left on this machine.
    let cleared = hall.new_machine(SeatId(1));
    hall.close(HOST);
    hall.open(cleared);
    goes_on(&mut hall, 3, true);
}

#[test]
fn the_only_host_goes_on_without_its_memory() {
    let mut hall = Hall::seated(3, 1);
    hall.close(HOST);
    hall.forget_memory(HOST);
    hall.open(HOST);
    goes_on(&mut hall, 3, false);
}

#[test]
fn everybody_reloads_at_once() {
    for hosts in [1, 2] {
        let mut hall = Hall::seated(4, hosts);
        for machine in 0..4 {
            hall.close(machine);
        }
        for machine in 0..4 {
            hall.open(machine);
        }
        goes_on(&mut hall, 4, false);
    }
}

#[test]
fn everybody_reloads_and_the_host_is_on_another_machine() {
    let mut hall = Hall::seated(3, 1);
    for machine in 0..3 {
        hall.close(machine);
    }
    let other = hall.new_machine(SeatId(1));
    for machine in [1, 2, other] {
        hall.open(machine);
    }
    hall.until(15_000, "all are in one group", |hall| hall.is_joined(3));
    hall.until(3_000, "all are verified", |hall| hall.is_whole(3));
    assert_eq!(hall.clicks, 0);
}

#[test]
fn a_host_that_goes_right_after_it_founded_a_group_leaves_nobody_behind() {
    // At every moment from when it sits down to when all are back.
    for ms in (9_500..12_500).step_by(250) {
        let mut hall = Hall::seated(3, 1);
        hall.close(HOST);
        let second = hall.new_machine(SeatId(1));
        hall.open(second);
        hall.run(ms);
        hall.close(second);
        hall.run(500);
        hall.open(second);
        hall.until(15_000, "all are in one group", |hall| hall.is_joined(3));
        hall.accept_machines();
        hall.until(5_000, "all are verified", |hall| hall.is_whole(3));
        assert_eq!(hall.clicks, 0, "after {ms} ms");
    }
}

#[test]
fn the_host_changes_its_machine_again_and_again() {
    let mut hall = Hall::seated(3, 1);
    let mut host = HOST;
    for _ in 0..3 {
        hall.close(host);
        host = hall.new_machine(SeatId(1));
        hall.open(host);
        goes_on(&mut hall, 3, true);
    }
}

#[test]
fn the_server_is_restarted_while_the_host_is_on_its_way_to_another_machine() {
    for ms in [0, 4_000, 9_900, 10_100, 10_300, 11_000] {
        let mut hall = Hall::seated(3, 1);
        hall.close(HOST);
        let other = hall.new_machine(SeatId(1));
        hall.open(other);
        hall.run(ms);
        hall.restart();
        hall.until(15_000, "all are in one group", |hall| hall.is_joined(3));
        hall.run(500);
        hall.accept_machines();
        hall.until(5_000, "all are verified", |hall| hall.is_whole(3));
        assert_eq!(hall.clicks, 0, "after {ms} ms");
    }
}

#[test]
fn all_hosts_are_gone_and_one_of_them_comes_back_on_another_machine() {
    for comes in [1, 2] {
        let mut hall = Hall::seated(4, 2);
        hall.close(0);
        hall.close(1);
        hall.run(70_000);
        assert!(hall.hears(2, 3), "those who are left go on");
        let other = hall.new_machine(SeatId(comes));
        hall.open(other);
        goes_on(&mut hall, 3, true);
    }
}

#[test]
fn a_co_host_is_asked_before_a_host_moves() {
    let mut hall = Hall::seated(4, 2);
    hall.close(0);
    let other = hall.new_machine(SeatId(1));
    hall.open(other);
    hall.run(30_000);
    assert!(
        !hall.at_the_table().contains(&other),
        "the other host has not answered"
    );
    hall.admit();
    hall.run(1_500);
    assert_eq!(hall.clicks, 1);
    hall.accept_machines();
    hall.until(3_000, "all are verified", |hall| hall.is_whole(4));
}

#[test]
fn the_former_machine_of_the_host_comes_back_and_is_asked_about() {
    let mut hall = Hall::seated(3, 1);
    hall.cut(HOST);
    let other = hall.new_machine(SeatId(1));
    hall.open(other);
    goes_on(&mut hall, 3, true);
    hall.connect(HOST);
    hall.run(20_000);
    assert!(!hall.at_the_table().contains(&HOST));
    assert!(hall.is_whole(3), "{}", hall.describe());
}

#[test]
fn a_seat_that_nobody_let_in_is_asked_about_also_by_a_host_on_a_new_machine() {
    let mut hall = Hall::new(3, 1);
    for machine in 0..2 {
        hall.open(machine);
        hall.run(1_000);
    }
    hall.admit();
    hall.until(5_000, "two are in", |hall| hall.is_whole(2));
    hall.run(1_500);
    hall.clicks = 0;
    hall.open(2);
    hall.close(HOST);
    let other = hall.new_machine(SeatId(1));
    hall.open(other);
    goes_on(&mut hall, 2, true);
    hall.run(5_000);
    assert!(!hall.at_the_table().contains(&2));
    hall.admit();
    hall.until(3_000, "it is in", |hall| hall.is_whole(3));
}
