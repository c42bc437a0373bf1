//! Pictures carry their number and change no more than they must.

use super::*;

fn plate() -> Plate {
    let (name, title) = ("Emmanuel Macron".into(), "President".into());
    Plate {
        short_name: "France".into(),
        name,
        title,
    }
}

#[test]
fn every_frame_carries_its_number_at_every_size() {
    for scale in [1, 2, 4] {
        let mut painter = Painter::new(&plate(), 7, scale);
        for frame in [0, 1, 99, 4_194_303] {
            let picture = painter.paint(frame, 1_643_054_400_000);
            let read = barcode::read(picture.luma(), picture.width, picture.height, picture.width);
            assert_eq!(read, Some(Mark { seat: 7, frame }));
        }
    }
}

#[test]
fn a_new_frame_changes_only_the_barcode_and_a_new_second_the_clock() {
    let mut painter = Painter::new(&plate(), 1, 2);
    let before = painter.paint(1, 5000).data.clone();
    let after = painter.paint(2, 5100);
    let upper = after.width * 136 * 2;
    assert_eq!(before[..upper], after.data[..upper]);
    assert_ne!(before, after.data);
    let clock = painter.paint(2, 6000);
    assert_ne!(before[..upper], clock.data[..upper]);
}

#[test]
fn long_names_and_foreign_scripts_stay_in_the_picture() {
    for name in [
        "Володимир Зеленський",
        "محمد",
        &"x".repeat(128),
        "",
        "Łukasz Żółć",
    ] {
        let plate = Plate {
            short_name: name.into(),
            name: name.into(),
            title: name.into(),
        };
        Painter::new(&plate, 300, 2).paint(0, 0);
    }
}
