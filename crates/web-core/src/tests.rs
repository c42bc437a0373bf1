use super::*;
use protocol::http::NewCall;

const CALL: &str = "aaaqeayeaudaocajbifqydiob4";
const SECRET: &str = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8";
const PLAN: &str = r#"{"title":"Consultation","delegations":[
    {"name":"Board","seats":[{"name":"Ada","host":true}]},{"name":"Council","seats":[{"name":"Bo"}]}]}"#;

#[test]
fn a_made_link_reads_back_and_opens_the_grant_the_server_is_given() {
    let new = new_call(SECRET, CALL, PLAN, 1000.0).ok().unwrap();
    let new: NewCall = serde_json::from_str(&new).unwrap();
    let links = seat_links(SECRET, CALL, &[2], &[1]).ok().unwrap();
    let device = sealed::keys::Device::generate().unwrap();
    let grant = new.tokens[1].grant.as_str();
    let candidate = WebCandidate::new(CALL, &links[0].fragment, grant, &device.public());
    let candidate = candidate.ok().unwrap();
    assert!(candidate.grant().contains("Bo") && candidate.grant().contains("Consultation"));
    let signature = device.sign(&candidate.to_sign());
    let mut session = candidate.into_session(1000.0, &signature, "").ok().unwrap();
    assert!(session.enter(1000.0).ok().unwrap().contains("knock"));
    assert!(session.view().ok().unwrap().contains("joining"));
    assert!(session.seal(1000.0, 0, 0, 0, false, b"voice").is_err());
    assert!(
        open_plan(SECRET, CALL, new.plan.as_str())
            .ok()
            .unwrap()
            .contains("Ada")
    );
}

#[test]
fn host_fragment_reads_back_with_its_seat() {
    let fragment = host_fragment(SECRET, CALL, 9).ok().unwrap();
    let parsed = parse_link(CALL, &fragment).ok().unwrap();
    assert_eq!((parsed.kind.as_str(), parsed.seat), ("host", Some(9)));
    assert_eq!(parsed.secret, SECRET);
}

#[test]
fn each_mistake_has_its_code() {
    let code = |problem: Option<Problem>| problem.unwrap().code();
    assert_eq!(code(parse_link("x", "seat.").err()), "bad_call_id");
    assert_eq!(code(parse_link(CALL, "seat.AA").err()), "cut");
    assert_eq!(code(seat_links("x", CALL, &[], &[]).err()), "bad_secret");
    assert_eq!(code(seat_links(SECRET, CALL, &[1], &[]).err()), "bad_seats");
    assert_eq!(code(host_fragment(SECRET, CALL, 0).err()), "bad_seats");
    assert_eq!(code(new_call(SECRET, CALL, "{}", 0.0).err()), "bad_json");
}
