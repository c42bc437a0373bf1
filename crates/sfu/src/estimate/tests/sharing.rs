//! Two flows over one bottleneck.

use super::{
    flow::Greedy,
    link::{GOOD, Link, World},
};

#[test]
fn two_flows_share_a_link_and_both_live() {
    let mut world = World::new(
        Link {
            rate: 2_000_000,
            ..GOOD
        },
        3_000_000,
    );
    world.run(10.0);
    world.add(1_500_000, 3_000_000);
    world.run(60.0);
    let (mut sums, mut count) = ([0, 0], 0);
    let mut lowest = u64::MAX;
    for _ in 0..60 {
        world.run(1.0);
        let rates = [0, 1].map(|i| world.flows[i].estimator.estimate());
        sums = [sums[0] + rates[0], sums[1] + rates[1]];
        lowest = lowest.min(rates[0]).min(rates[1]);
        count += 1;
    }
    let means = sums.map(|sum| sum / count);
    let queue = world.queue(1, 90);
    eprintln!("two flows: {means:?}, lowest {lowest}, queue {queue}");
    assert!(means.iter().all(|mean| *mean > 500_000), "{means:?}");
    assert!(
        means[0] + means[1] < 2_200_000 && lowest > 200_000,
        "{means:?} {lowest}"
    );
}

#[test]
fn beside_a_download_that_fills_the_queue_a_flow_lives() {
    let link = Link {
        rate: 4_000_000,
        queue_ms: 200,
        ..GOOD
    };
    let mut world = World::new(link, 3_000_000);
    world.run(10.0);
    world.greedy = Some(Greedy::new());
    world.run(120.0);
    let (lowest, mean) = (world.lowest(), world.mean(100));
    let download = world.greedy.as_ref().unwrap().total * 8 / 120;
    world.greedy = None;
    world.run(10.0);
    let back = world.first(|estimate| estimate > 3_000_000);
    eprintln!(
        "beside a download ({download} bit/s): mean {mean}, lowest {lowest}; back at {back:?}"
    );
    assert!(mean > 400_000 && lowest > 100_000, "{mean} {lowest}");
    assert!(back.is_some_and(|ms| ms < 10_000), "{back:?}");
}
