//! Steps about expectations, what they answer, and what is known of it after.

use crate::{Rig, Step, has, path, refused, unverified};
use mockserver_client::*;
use serde_json::json;

pub const STEPS: &[Step] = &[
    ("it has started", has_started),
    ("create and match", create_and_match),
    ("the fluent interface, times, priority and id", fluent),
    ("a bad expectation is refused", bad_expectation),
    ("matchers", matchers),
    ("bodies of requests", bodies),
    ("answers", answers),
    ("verify", verify),
    ("verify what was answered", verify_responses),
    ("verify a sequence", verify_sequence),
    ("retrieve requests and responses", retrieve),
    ("retrieve by id", retrieve_by_id),
    ("retrieve the log", logs),
    ("clear", clear),
    ("forward", forward),
    ("override", override_forwarded),
    ("forward with a fallback", fallback),
    ("error", error),
    ("templates", templates),
    ("a response callback", callback),
    ("scenarios", scenarios),
];

fn has_started(rig: &Rig) {
    assert!(rig.client.has_started(1, 0));
    rig.client.reset().unwrap();
    assert_eq!(rig.client.retrieve_recorded_requests(None).unwrap(), vec![]);
    rig.client.verify_zero_interactions().unwrap();
}

fn create_and_match(rig: &Rig) {
    let order = HttpRequest::new().method("POST").path("/orders").json_body(json!({"a": 1}));
    let made = rig.client.upsert(&[
        Expectation::new(order).id("order").respond(HttpResponse::new().status_code(201).body("created")),
        Expectation::new(path("/other")).id("other").respond(HttpResponse::new().json_body(json!({"name": "value"}))),
    ]);
    let ids: Vec<_> = made.unwrap().into_iter().map(|e| e.id.unwrap()).collect();
    assert_eq!(ids, ["order", "other"]);
    let created = rig.call("POST", "/orders", r#"{"b":2,"a":1}"#);
    assert_eq!((created.status, created.body.as_str()), (201, "created"));
    assert_eq!(rig.call("POST", "/orders", r#"{"a":2}"#).status, 404);
    let other = rig.get("/other");
    assert_eq!(other.body, r#"{"name":"value"}"#.to_string());
    has("application/json", other.headers["content-type"].to_str().unwrap());
}

fn fluent(rig: &Rig) {
    rig.client.when(path("/fluent")).times(Times::exactly(2)).time_to_live(TimeToLive::unlimited())
        .respond(HttpResponse::new().body("low")).unwrap();
    let made = rig.client.when(path("/fluent")).times(Times::once()).priority(10).with_id("high")
        .respond(HttpResponse::new().body("high")).unwrap();
    assert_eq!((made[0].id.as_deref(), made[0].priority), (Some("high"), Some(10)));
    let seen: Vec<_> = (0..3).map(|_| rig.get("/fluent").body).collect();
    assert_eq!(seen, ["high", "low", "low"]);
    assert_eq!(rig.get("/fluent").status, 404);
}

fn bad_expectation(rig: &Rig) {
    let text = refused(rig.client.upsert_raw(json!({"httpRequest": {"paths": "/somePath"}, "httpResponse": {}})));
    for part in ["incorrect expectation json format for:", r#""paths" : "/somePath""#, "$.httpRequest.paths: is not defined in the schema"] {
        has(part, &text);
    }
    assert_eq!(rig.client.retrieve_active_expectations(Some(&path("/somePath"))).unwrap().len(), 0);
}

fn matchers(rig: &Rig) {
    let yes = |text: &str| HttpResponse::new().body(text);
    rig.client.upsert(&[
        Expectation::new(path("/m/{id}").path_param("id", "[0-9]+")).respond(yes("path")),
        Expectation::new(path("/q").query_param("a", "1").query_param_matcher("b", MatcherValue::not_literal("2"))).respond(yes("query")),
        Expectation::new(path("/c").cookie("session", "x.*")).respond(yes("cookie")),
        Expectation::new(path("/h").header_matcher("?X-A", MatcherValue::literal("1"))).respond(yes("header")),
        Expectation::new(HttpRequest::new().method("!GET").path("/n")).respond(yes("not")),
    ]).unwrap();
    assert_eq!(rig.get("/m/42").body, "path");
    assert_eq!(rig.get("/m/x").status, 404);
    assert_eq!(rig.get("/q?a=1&b=3").body, "query");
    assert_eq!(rig.get("/q?a=1&b=2").status, 404);
    assert_eq!(rig.get("/c").status, 404);
    assert_eq!(rig.get("/h").body, "header");
    assert_eq!(rig.get("/n").status, 404);
    assert_eq!(rig.call("POST", "/n", "").body, "not");
}

fn bodies(rig: &Rig) {
    let parameters = [("a".to_string(), vec!["1".to_string()])].into();
    let wanted = [
        ("string", Body::string("needle", true)),
        ("regex", Body::regex("[a-c]+")),
        ("xml", Body::xml("<a><b>1</b></a>")),
        ("schema", Body::json_schema(r#"{"type": "object", "required": ["id"]}"#)),
        ("xpath", Body::xpath("/a/b")),
        ("parameters", Body::parameters(parameters)),
        ("binary", Body::binary([0, 1, 2], None)),
        ("jsonpath", Body::json_path("$.store[?(@.price < 10)]")),
        ("graphql", Body::graphql("{ pets { name } }")),
    ];
    for (name, body) in wanted {
        rig.client.when(path(&format!("/body/{name}")).body_value(body)).respond(HttpResponse::new().body(name)).unwrap();
    }
    for (name, good, bad) in [
        ("string", "a needle here", "hay"),
        ("regex", "abcabc", "abd"),
        ("xml", "<a>\n  <b>1</b>\n</a>", "<a><b>2</b></a>"),
        ("schema", r#"{"id": 1}"#, r#"{"name": 1}"#),
        ("xpath", "<a><b/></a>", "<a><c/></a>"),
        ("parameters", "b=2&a=1", "a=2"),
        ("binary", "\u{0}\u{1}\u{2}", "\u{0}\u{1}\u{3}"),
        ("jsonpath", r#"{"store": [{"price": 5}]}"#, r#"{"store": [{"price": 15}]}"#),
        ("graphql", r#"{"query": "{pets{name}}"}"#, r#"{"query": "{pets{id}}"}"#),
    ] {
        let target = format!("/body/{name}");
        assert_eq!(rig.call("POST", &target, good).body, name);
        assert_eq!(rig.call("POST", &target, bad).status, 404, "{name}");
    }
}

fn answers(rig: &Rig) {
    let response = HttpResponse::new().status_code(418).header("X-A", "1").header("X-A", "2").cookie("session", "s")
        .reason_phrase("short").delay(Delay::milliseconds(1)).binary_body([1, 2, 3], Some("application/x-own".into()));
    rig.client.when(path("/whole")).respond(response).unwrap();
    let whole = rig.get("/whole");
    assert_eq!((whole.status, whole.body.as_bytes()), (418, &[1u8, 2, 3][..]));
    assert_eq!(whole.headers.get_all("x-a").iter().collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(whole.headers["content-type"], "application/x-own");
    has("session=s", whole.headers["set-cookie"].to_str().unwrap());
    let (one, two) = (HttpResponse::new().body("one"), HttpResponse::new().body("two"));
    rig.client.upsert(&[Expectation::new(path("/turns")).http_responses(vec![one, two]).response_mode(ResponseMode::Sequential)]).unwrap();
    let seen: Vec<_> = (0..3).map(|_| rig.get("/turns").body).collect();
    assert_eq!(seen, ["one", "two", "one"]);
}

fn verify(rig: &Rig) {
    let orders = || HttpRequest::new().method("POST").path("/orders");
    rig.client.verify(orders(), VerificationTimes::exactly(2)).unwrap();
    rig.client.verify(orders(), VerificationTimes::at_least(1)).unwrap();
    rig.client.verify(orders(), VerificationTimes::between(1, 2)).unwrap();
    rig.client.verify(path("/never"), VerificationTimes::at_most(0)).unwrap();
    has("Request not found exactly 3 times, expected:<{", &unverified(rig.client.verify(orders(), VerificationTimes::exactly(3))));
    has("Request not found at most once, expected:<{", &unverified(rig.client.verify(orders(), VerificationTimes::at_most(1))));
    has("Request not found exactly 0 times", &unverified(rig.client.verify_zero_interactions()));
}

fn verify_responses(rig: &Rig) {
    let (orders, created) = (|| path("/orders"), || HttpResponse::new().status_code(201));
    rig.client.verify_request_and_response(orders(), created(), VerificationTimes::exactly(1)).unwrap();
    rig.client.verify_response(HttpResponse::new().status_code(418).reason_phrase("short").cookie("session", "s"), VerificationTimes::exactly(1)).unwrap();
    has("Response not found exactly once, expected:<{", &unverified(rig.client.verify_response(HttpResponse::new().status_code(299), VerificationTimes::exactly(1))));
    unverified(rig.client.verify_request_and_response(orders(), created(), VerificationTimes::exactly(2)));
    let other = || HttpResponse::new().status_code(200).header("content-type", "application/json.*");
    rig.client.verify_sequence_with_responses(vec![orders(), path("/other")], vec![created(), other()]).unwrap();
    let text = unverified(rig.client.verify_sequence_with_responses(vec![path("/other"), orders()], vec![other(), created()]));
    has("Response sequence not found, expected:<[", &text);
}

fn verify_sequence(rig: &Rig) {
    rig.client.verify_sequence(vec![path("/orders"), path("/other"), path("/fluent")]).unwrap();
    let text = unverified(rig.client.verify_sequence(vec![path("/other"), path("/orders")]));
    has("Request sequence not found, expected:<[", &text);
}

fn retrieve(rig: &Rig) {
    let orders = rig.client.retrieve_recorded_requests(Some(&path("/orders"))).unwrap();
    let seen: Vec<_> = orders.iter().map(|r| (r.method.as_deref().unwrap(), r.path.as_deref().unwrap())).collect();
    assert_eq!(seen, [("POST", "/orders"), ("POST", "/orders")]);
    let pairs = rig.client.retrieve_request_responses(Some(&path("/orders"))).unwrap();
    let statuses: Vec<_> = pairs.iter().map(|p| p["httpResponse"]["statusCode"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [201, 404]);
    let active = rig.client.retrieve_active_expectations(Some(&path("/other"))).unwrap();
    assert_eq!(active.iter().map(|e| e.id.as_deref().unwrap()).collect::<Vec<_>>(), ["other"]);
    let all = rig.client.retrieve_active_expectations(None).unwrap();
    rig.client.upsert(&all).unwrap();
    assert_eq!(rig.client.retrieve_active_expectations(None).unwrap(), all, "what was retrieved can be put again");
}

fn retrieve_by_id(rig: &Rig) {
    assert_eq!(rig.client.retrieve_active_expectations_by_id("order").unwrap().len(), 1);
    let requests = rig.client.retrieve_recorded_requests_by_id("order").unwrap();
    assert_eq!(requests.iter().map(|r| r.path.as_deref()).collect::<Vec<_>>(), [Some("/orders")]);
    assert_eq!(rig.client.retrieve_request_responses_by_id("order").unwrap().len(), 1);
    has("No expectation found with id nobody", &refused(rig.client.retrieve_active_expectations_by_id("nobody")));
}

fn logs(rig: &Rig) {
    let entries = rig.client.retrieve_log_messages(Some(&path("/orders"))).unwrap();
    has("RECEIVED_REQUEST", &entries.concat());
    has("/orders", &entries.concat());
    rig.client.retrieve_log_messages_by_id("order").unwrap();
    assert_eq!(rig.client.retrieve_metrics().unwrap(), "{}", "there are none unless they are asked for");
}

fn clear(rig: &Rig) {
    rig.client.clear(Some(&path("/orders")), Some(ClearType::Log)).unwrap();
    rig.client.verify(path("/orders"), VerificationTimes::exactly(0)).unwrap();
    assert_eq!(rig.call("POST", "/orders", r#"{"a":1}"#).status, 201);
    rig.client.clear(Some(&path("/orders")), Some(ClearType::Expectations)).unwrap();
    assert_eq!(rig.call("POST", "/orders", r#"{"a":1}"#).status, 404);
    rig.client.clear_by_id("other", Some(ClearType::Expectations)).unwrap();
    assert_eq!(rig.get("/other").status, 404);
    has("No expectation found with id other", &refused(rig.client.clear_by_id("other", None)));
    rig.client.clear(None, None).unwrap();
    assert_eq!(rig.client.retrieve_active_expectations(None).unwrap(), vec![]);
    rig.client.verify_zero_interactions().unwrap();
}

fn forward(rig: &Rig) {
    rig.client.when(path("/forward/.*")).forward(HttpForward::new("127.0.0.1", rig.upstream).scheme("HTTP")).unwrap();
    let answer = rig.call("POST", "/forward/a?b=1", "content");
    assert_eq!((answer.status, answer.body.as_str()), (202, "POST /forward/a?b=1  content"));
}

fn override_forwarded(rig: &Rig) {
    let host = format!("127.0.0.1:{}", rig.upstream);
    let mut action = HttpOverrideForwardedRequest::new()
        .request_override(HttpRequest::new().header("Host", &host).header("X-Added", "yes"))
        .response_override(HttpResponse::new().status_code(203));
    action.request_modifier = Some(json!({"path": {"regex": "^/override/(.+)$", "substitution": "/real/$1"}}));
    action.response_modifier = Some(json!({"headers": {"remove": ["X-Server"]}}));
    rig.client.upsert(&[Expectation::new(path("/override/.*")).override_forwarded_request(action)]).unwrap();
    let answer = rig.get("/override/a");
    assert_eq!((answer.status, answer.body.as_str()), (203, "GET /real/a yes "));
    assert!(!answer.headers.contains_key("x-server"));
}

fn fallback(rig: &Rig) {
    let action = HttpForwardWithFallback::new(HttpForward::new("127.0.0.1", rig.upstream), HttpResponse::new().status_code(200).body("instead"))
        .fallback_on_status_codes(vec![500]);
    rig.client.upsert(&[Expectation::new(path("/broken|/whole")).forward_with_fallback(action)]).unwrap();
    assert_eq!(rig.get("/broken").body, "instead");
    assert_eq!(rig.get("/whole").body, "GET /whole  ");
}

fn error(rig: &Rig) {
    rig.client.when(path("/error")).error(HttpError::new().drop_connection(true)).unwrap();
    assert!(rig.try_call("GET", "/error", "").is_err(), "the connection was not dropped");
}

fn templates(rig: &Rig) {
    let answering = HttpTemplate::new("MUSTACHE", r#"{"statusCode": 202, "body": "{{ request.method }} {{ request.path }}"}"#);
    let forwarding = HttpTemplate::new("MUSTACHE", format!(r#"{{"path": "/by-template", "headers": {{"Host": ["127.0.0.1:{}"]}}}}"#, rig.upstream));
    rig.client.upsert(&[
        Expectation::new(path("/hello")).respond_template(answering),
        Expectation::new(path("/away")).forward_template(forwarding),
    ]).unwrap();
    let hello = rig.call("PATCH", "/hello", "");
    assert_eq!((hello.status, hello.body.as_str()), (202, "PATCH /hello"));
    has(" /by-template ", &rig.get("/away").body);
    let velocity = HttpTemplate::new("VELOCITY", "{}");
    has("VELOCITY", &refused(rig.client.upsert(&[Expectation::new(path("/v")).respond_template(velocity)])));
}

fn callback(rig: &Rig) {
    let made = rig.client.mock_with_callback(path("/callback"), |request| {
        HttpResponse::new().status_code(207).header("X-Called", "yes").body(format!("called {}", request.path.unwrap_or_default()))
    });
    assert_eq!(made.unwrap().len(), 1);
    for _ in 0..2 {
        let answer = rig.get("/callback");
        assert_eq!((answer.status, answer.body.as_str()), (207, "called /callback"));
        assert_eq!(answer.headers["x-called"], "yes");
    }
}

fn scenarios(rig: &Rig) {
    let step = |state: &str, next: &str, text: &str| {
        Expectation::new(path("/bill")).scenario_name("bill").scenario_state(state).new_scenario_state(next)
            .respond(HttpResponse::new().body(text))
    };
    rig.client.upsert(&[step("Started", "Paid", "unpaid"), step("Paid", "Done", "paid")]).unwrap();
    assert_eq!([rig.get("/bill").body, rig.get("/bill").body], ["unpaid", "paid"]);
    let bill = rig.client.scenario("bill");
    assert_eq!(bill.state().unwrap(), "Done");
    bill.set("Paid").unwrap();
    assert_eq!(rig.get("/bill").body, "paid");
    bill.trigger("Started").unwrap();
    let state = ScenarioState { scenario_name: "bill".into(), current_state: "Started".into() };
    assert_eq!(rig.client.scenarios().unwrap(), [state]);
    bill.set_timed("Open", 60_000, "Closed").unwrap();
    assert_eq!(bill.state().unwrap(), "Open");
}
