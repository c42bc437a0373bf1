//! What both engines must do alike.

mod conveners;
mod reading;
mod writers;

use server::store::SharedStore;

use crate::{acts::Act, ground::Ground};

/// Runs each of these on both engines.
macro_rules! on_both {
    ($($part:ident::$test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                super::$part::$test(crate::ground::Ground::folder()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                if let Some(ground) = crate::ground::Ground::database() {
                    super::$part::$test(ground).await;
                }
            })*
        }
    };
}

on_both!(
    writers::what_was_acknowledged_is_there_after_a_restart,
    conveners::a_convener_has_a_name_alone_a_key_and_later_a_new_one,
    conveners::the_operators_keys_are_nobodys_name_and_are_taken_back,
    conveners::who_was_removed_has_their_calls_again_when_they_come_back,
    reading::a_call_id_is_used_once_and_the_second_leaves_nothing,
    conveners::a_convener_who_was_removed_convenes_nothing,
    writers::of_two_writers_from_one_version_one_wins,
    writers::what_is_deleted_or_changed_meanwhile_is_not_written_over,
    writers::writers_who_read_again_after_they_lost_lose_nothing,
    writers::an_act_that_fails_half_way_leaves_nothing,
    reading::a_link_is_found_by_its_hash_and_by_nothing_else,
    reading::a_grant_is_gone_with_what_was_sealed,
    conveners::requests_at_one_time_cannot_slip_by_the_bound,
    reading::calls_are_listed_newest_first_and_only_ones_own,
    reading::a_log_has_the_entries_since_it_began_in_order,
    writers::a_server_serves_alone_until_it_ends,
    writers::what_can_be_written_is_said,
);

pub(crate) async fn with_ada(ground: &Ground) -> SharedStore {
    let store = ground.open().await;
    store.add_convener("Ada", 1).await.unwrap();
    store
}

pub(crate) async fn play(store: &SharedStore, acts: &[Act]) {
    for act in acts {
        act.carry_out(&**store).await.unwrap();
    }
}
