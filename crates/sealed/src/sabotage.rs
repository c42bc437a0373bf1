//! Faults put in on purpose, one at a time, so that tests and rehearsals can be seen to catch them.
//! Beside each stands the test that does: `cargo xtask sabotage` runs it without the fault, when it
//! must pass, and with it, when it must fail.
//!
//! Only with the cargo feature `sabotage`, which nothing that is shipped turns on, and then only by
//! the environment variable `INCAMERA_SABOTAGE`, read once. Without the feature [`on`] is the
//! constant `false`, and the compiler removes what it guards.

/// The environment variable that names the fault.
pub const VARIABLE: &str = "INCAMERA_SABOTAGE";

macro_rules! faults {
    ($($(#[doc = $doc:literal])* $name:ident caught by $($test:literal),+;)*) => {
        /// One property, broken.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Fault {
            $($(#[doc = $doc])* $name,)*
        }

        impl Fault {
            /// Every fault there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name, as the environment variable gives it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// The tests of this crate that fail with it.
            pub const fn caught_by(self) -> &'static [&'static str] {
                match self {
                    $(Self::$name => &[$($test),+],)*
                }
            }
        }
    };
}

faults! {
    /// A frame is opened as often as it comes.
    NoReplayWindow caught by
        "media::tests::a_replayed_frame_is_refused";
    /// A frame that does not open is passed on as it came.
    FailOpenDecrypt caught by
        "media::tests::hostile::no_change_of_one_byte_is_accepted";
    /// A frame whose tag is missing or cut short counts as authentic.
    EmptyTag caught by
        "media::tests::hostile::a_frame_cut_short_is_refused";
    /// A sender begins its counters again.
    CounterResumed caught by
        "media::tests::no_counter_is_used_twice_under_a_key";
    /// A sender sends its frames unsealed.
    UnsealedSender caught by
        "media::tests::nothing_of_a_frame_is_sent_in_clear";
    /// A commit that adds a leaf is merged without a look at its grant.
    GrantNotCheckedAtAdd caught by
        "session::tests::faults::not_even_a_host_adds_a_leaf_that_the_convener_granted_nothing";
    /// A joiner does not look at the grants of those already there.
    GrantNotCheckedByJoiner caught by
        "session::tests::faults::a_joiner_takes_no_group_with_a_leaf_that_the_convener_granted_nothing";
    /// A closed seat may be added again.
    ClosedListIgnored caught by
        "session::tests::faults::not_even_a_host_adds_a_seat_whose_link_is_closed",
        "session::tests::hostile::an_older_group_and_one_with_a_closed_seat_in_it_are_refused";
    /// Keys of a past epoch are kept.
    OldKeyKept caught by
        "session::tests::honest::a_removed_seat_hears_nothing_more_and_its_link_stays_closed";
    /// Frames are shown without a look at the sender's manifests.
    ManifestUnchecked caught by
        "session::tests::proofs::a_forged_frame_is_named_when_a_manifest_contradicts_it",
        "session::tests::proofs::frames_nothing_tells_of_are_never_given_out";
    /// Whoever has the group's keys may write a manifest.
    ManifestSignatureUnchecked caught by
        "session::tests::proofs::a_manifest_its_leaf_did_not_sign_for_this_frame_proves_nothing";
    /// Frames are given out for as long as they come, proven or not.
    UnprovenPlaysForEver caught by
        "session::tests::proofs::when_manifests_are_withheld_frames_are_held_back_after_a_moment";
    /// After a forgery the frames of that leaf do not wait for their proof.
    ProofFirstOff caught by
        "session::tests::proofs::after_a_forgery_only_proven_frames_play";
    /// Frames that are not given out move the replay window as well.
    UnprovenMovesWindow caught by
        "session::tests::proofs::a_flood_under_a_victims_name_costs_it_no_frame";
    /// A frame is shown whenever it comes.
    LateShown caught by
        "session::tests::hostile::frames_held_back_and_replayed_are_refused";
    /// Any member may commit anything.
    CommitPolicyUnchecked caught by
        "session::tests::hostile::a_member_who_is_no_host_cannot_add_anybody",
        "session::tests::hostile::a_member_who_is_no_host_cannot_remove_another";
    /// A group of a lower number is accepted.
    GroupNumberUnchecked caught by
        "session::tests::hostile::an_older_group_and_one_with_a_closed_seat_in_it_are_refused";
    /// A newcomer sends before a host has echoed its nonce.
    SendWithoutEcho caught by
        "session::tests::hostile::a_newcomer_is_silent_until_a_host_has_heard_it";
    /// A text that was said again is shown again.
    TextsReadTwice caught by
        "session::tests::texts::a_text_said_again_during_a_stall_is_read_once_by_all";
    /// A head lets a seat of another delegation into its circle, and all take it.
    CircleTakesAnybody caught by
        "session::tests::circles::a_seat_of_another_delegation_is_let_in_by_nobody";
    /// Whom the table removed is heard in another circle until it is taken out there.
    ClosedAtTableHeardElsewhere caught by
        "session::tests::circles::whom_the_table_removed_is_heard_no_more_in_its_delegations_circle";
    /// Old heartbeats count as fresh.
    HeartbeatAgeUnchecked caught by
        "session::tests::hostile::a_delay_of_30_seconds_stops_what_is_sent";
    /// *Different* counts once the service has returned it.
    VerdictWaitsForTheLog caught by
        "session::tests::safety::different_stops_what_is_sent_although_the_service_swallows_it";
    /// *Same* lifts *different* to the same check.
    SameLiftsDifferent caught by
        "session::tests::safety::same_lifts_different_to_a_later_check_only";
    /// A host goes on sealing under keys that a seat it removed has.
    RemovalWaitsForTheLog caught by
        "session::tests::safety::a_host_seals_nothing_that_a_seat_it_removed_could_open";
    /// A text goes out while nothing else may.
    TextsNotHeld caught by
        "session::tests::safety::a_text_waits_while_a_seat_that_was_removed_could_read_it",
        "session::tests::safety::who_may_send_nothing_says_no_text_either";
    /// Whatever a knock brings is taken for a host's letter.
    LetterUnchecked caught by
        "session::tests::letters::a_letter_of_nobody_or_about_another_opens_no_door";
    /// A link that was replaced is let in again.
    ReplacedLinkAccepted caught by
        "session::tests::rosters::a_link_that_was_replaced_is_let_in_by_nobody";
    /// Who was removed is remembered by its leaf key, under which somebody else came.
    RemovedLeafRemembered caught by
        "session::tests::rosters::a_leaf_key_that_comes_back_under_another_credential_has_nothing_of_the_old_one";
    /// A welcome into the epoch that is remembered is accepted.
    SameEpochJoined caught by
        "session::tests::rosters::a_second_welcome_into_the_remembered_epoch_is_refused";
    /// Whoever is absent counts no more for whether a removal may be withheld.
    AbsentSeatsNotCounted caught by
        "session::tests::hostile::a_withheld_removal_leaks_for_15_seconds_at_most";
    /// A seat that is silent for this client only counts no more, although others hear it.
    HiddenSeatsAreGone caught by
        "session::tests::witnesses::seats_that_are_hidden_from_one_member_count_for_it_all_the_same";
}

impl Fault {
    /// The fault of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fault| fault.name() == name)
    }
}

/// Whether this fault is on.
#[cfg(not(feature = "sabotage"))]
pub const fn on(_fault: Fault) -> bool {
    false
}

/// Whether this fault is the one the environment names.
///
/// # Panics
///
/// If the environment names a fault there is not: a test with a misspelt fault must not pass.
#[cfg(feature = "sabotage")]
pub fn on(fault: Fault) -> bool {
    static CHOSEN: std::sync::OnceLock<Option<Fault>> = std::sync::OnceLock::new();
    *CHOSEN.get_or_init(chosen) == Some(fault)
}

#[cfg(feature = "sabotage")]
fn chosen() -> Option<Fault> {
    let name = std::env::var_os(VARIABLE)?;
    let fault = name.to_str().and_then(Fault::from_name);
    Some(fault.unwrap_or_else(|| panic!("{VARIABLE} names no fault: {}", name.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_found_by_its_name() {
        for &fault in Fault::ALL {
            assert_eq!(Fault::from_name(fault.name()), Some(fault));
            assert_eq!(format!("{fault:?}"), fault.name());
        }
        assert_eq!(Fault::from_name(""), None);
    }

    /// Prints the table, which is how `cargo xtask sabotage` learns it.
    #[test]
    fn every_test_that_is_named_is_there() {
        let binary = std::env::current_exe().unwrap();
        let list = std::process::Command::new(binary)
            .arg("--list")
            .output()
            .unwrap();
        let list = String::from_utf8(list.stdout).unwrap();
        for fault in Fault::ALL {
            assert!(!fault.caught_by().is_empty());
            for test in fault.caught_by() {
                assert!(
                    list.lines().any(|line| line == format!("{test}: test")),
                    "no test {test}"
                );
                println!("caught {} {test}", fault.name());
            }
        }
    }

    #[cfg(not(feature = "sabotage"))]
    #[test]
    fn nothing_is_broken_without_the_feature() {
        const { assert!(!on(Fault::FailOpenDecrypt)) }
        assert!(Fault::ALL.iter().all(|&fault| !on(fault)));
    }
}
