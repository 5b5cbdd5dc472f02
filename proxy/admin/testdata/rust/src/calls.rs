//! Steps about the calls beside expectations, verifications and retrievals.

use crate::{Rig, Step, has, left_out, path, refused};
use mockserver_client::*;
use serde_json::{Value, json};

pub const STEPS: &[Step] = &[
    ("status and bind", status_and_bind),
    ("OpenAPI", open_api),
    ("record and replay", record),
    ("HAR", har),
    ("mode", mode),
    ("Pact", pact),
    ("configuration", configuration),
    ("debugMismatch", debug_mismatch),
    ("expectations as code", as_code),
    ("TLS", tls),
    ("a callback over TLS", tls_callback),
    ("what is left out says so", omitted),
    ("reset", reset),
];

fn status_and_bind(rig: &Rig) {
    assert_eq!(rig.client.status().unwrap().ports, [rig.port]);
    let bound = rig.client.bind(&[0]).unwrap().ports;
    assert_eq!(bound.len(), 1);
    let there = ClientBuilder::new("127.0.0.1", bound[0]).build().unwrap();
    assert_eq!(there.status().unwrap().ports, [rig.port, bound[0]]);
    has("already in use", &refused(rig.client.bind(&[rig.port])));
}

const PETS: &str = r#"{"openapi": "3.0.0", "info": {"title": "pets", "version": "1"}, "paths": {"/pets/{id}": {"get": {
    "operationId": "showPet", "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}],
    "responses": {"200": {"description": "a pet", "content": {"application/json": {"example": {"id": 1, "name": "Rex"}}}}}}}}}"#;

fn open_api(rig: &Rig) {
    let made = rig.client.openapi(&OpenApiExpectation::new(PETS).operation("showPet", "200")).unwrap();
    assert_eq!(made.len(), 1);
    assert_eq!(serde_json::from_str::<Value>(&rig.get("/pets/7").body).unwrap(), json!({"id": 1, "name": "Rex"}));
    assert_eq!(rig.get("/pets/rex").status, 404);
    let by_hand = HttpRequest::open_api(PETS).operation_id("showPet");
    rig.client.when(by_hand).priority(1).respond(HttpResponse::new().body("by hand")).unwrap();
    assert_eq!(rig.get("/pets/7").body, "by hand");
    has("Unable to load API spec", &refused(rig.client.openapi(&OpenApiExpectation::new(r#"{"swagger": "2.0"}"#))));
}

fn record(rig: &Rig) {
    assert_eq!(rig.through("/recorded?page=2").body, "GET /recorded?page=2  ");
    let recorded = rig.client.retrieve_recorded_expectations(Some(&path("/recorded"))).unwrap();
    assert_eq!(recorded.len(), 1);
    let query = recorded[0].http_request.as_ref().unwrap().query_string_parameters.clone().unwrap();
    assert_eq!(query["page"], ["2"]);
    rig.through("/recorded?page=3");
    let second = rig.client.retrieve_recorded_expectations_page(Some(&path("/recorded")), 1, 1).unwrap();
    let query = second[0].http_request.as_ref().unwrap().query_string_parameters.clone().unwrap();
    assert_eq!((second.len(), &query["page"]), (1, &vec!["3".to_string()]));
    has("expectations have no metadata", &left_out(rig.client.clear_by_metadata_key("owner")));
    has("unmatched", &left_out(rig.client.clear_unmatched_expectations()));
}

fn har(rig: &Rig) {
    let har = rig.call("PUT", "/mockserver/retrieve?type=request_responses&format=har", r#"{"path": "/recorded"}"#);
    assert_eq!(har.status, 200);
    rig.client.reset().unwrap();
    assert_eq!(rig.client.import_har(&har.body).unwrap().len(), 2);
    let again = rig.get("/recorded?page=2");
    assert_eq!((again.status, again.body.as_str()), (202, "GET /recorded?page=2  "));
    has("failed to parse HAR", &refused(rig.client.import_har("no JSON")));
}

fn mode(rig: &Rig) {
    rig.client.reset().unwrap();
    assert_eq!(rig.through("/replayed").status, 202);
    let simulate = rig.client.set_mode(MockMode::Simulate).unwrap();
    assert_eq!(simulate, r#"{"mode":"SIMULATE","proxyUnmatchedRequests":false}"#);
    assert_eq!(rig.through("/replayed").body, "GET /replayed  ");
    assert_eq!(rig.through("/never").status, 404);
    rig.client.set_mode(MockMode::Capture).unwrap();
    has("CAPTURE", &rig.client.retrieve_mode().unwrap());
    rig.client.set_mode(MockMode::Spy).unwrap();
}

fn pact(rig: &Rig) {
    rig.client.reset().unwrap();
    rig.client.when(HttpRequest::new().method("GET").path("/pact")).respond(HttpResponse::new().status_code(200).json_body(json!({"a": 1}))).unwrap();
    let mut contract: Value = serde_json::from_str(&rig.client.pact_export("web", "api").unwrap()).unwrap();
    assert_eq!((&contract["consumer"]["name"], &contract["provider"]["name"]), (&json!("web"), &json!("api")));
    assert_eq!(contract["interactions"][0]["request"]["path"], "/pact");
    assert!(rig.client.pact_verify(&contract.to_string()).unwrap().passed);
    rig.client.reset().unwrap();
    assert_eq!(rig.client.pact_import(&contract.to_string()).unwrap().len(), 1);
    assert_eq!(rig.get("/pact").body, r#"{"a":1}"#);
    contract["interactions"][0]["response"]["status"] = json!(201);
    let other = rig.client.pact_verify(&contract.to_string()).unwrap();
    assert!(!other.passed);
    has("expected 201 but was 200", &other.report);
    refused(rig.client.pact_import("[]"));
}

fn configuration(rig: &Rig) {
    let before: Value = serde_json::from_str(&rig.client.retrieve_configuration().unwrap()).unwrap();
    let limit = before["maxExpectations"].as_u64().unwrap();
    let after = rig.client.update_configuration(r#"{"maxExpectations": 77}"#).unwrap();
    has(r#""maxExpectations" : 77"#, &after);
    rig.client.update_configuration(&json!({"maxExpectations": limit}).to_string()).unwrap();
    refused(rig.client.update_configuration("{"));
}

fn debug_mismatch(rig: &Rig) {
    rig.client.reset().unwrap();
    rig.client.when(HttpRequest::new().method("GET").path("/wanted")).respond(HttpResponse::new()).unwrap();
    let report = rig.client.debug_mismatch(HttpRequest::new().method("GET").path("/other")).unwrap();
    assert_eq!(report.evaluated_expectations, report.total_expectations);
    let closest = report.closest_match.unwrap().expectation_id;
    let wanted = report.results.iter().find(|r| r.expectation_path.as_deref() == Some("/wanted")).unwrap();
    assert_eq!((wanted.expectation_id.as_ref(), wanted.matches), (closest.as_ref(), Some(false)));
    has("/wanted", &wanted.differences["path"].concat());
}

fn as_code(rig: &Rig) {
    rig.client.reset().unwrap();
    rig.client.when(path("/code")).with_id("code").respond(HttpResponse::new().body("text")).unwrap();
    for (format, part) in [
        (RetrieveFormat::Java, ".withPath(\"/code\")"),
        (RetrieveFormat::JavaScript, ".mockAnyResponse({"),
        (RetrieveFormat::Python, "client.upsert(Expectation.from_dict("),
        (RetrieveFormat::Go, "client.Upsert(e)"),
        (RetrieveFormat::CSharp, "\"\"path\"\" : \"\"/code\"\""),
        (RetrieveFormat::Ruby, "MockServer::Expectation.from_hash("),
        (RetrieveFormat::Rust, "client.upsert(&[serde_json::from_str::<Expectation>(r#\"{"),
        (RetrieveFormat::Php, "$client->upsertExpectation("),
    ] {
        has(part, &rig.client.retrieve_expectations_as_code(format, None).unwrap());
    }
    let code = rig.client.retrieve_expectations_as_code(RetrieveFormat::Rust, None).unwrap();
    let text = code.split_once("r#\"").unwrap().1.split_once("\"#").unwrap().0;
    let read: Expectation = serde_json::from_str(text).unwrap();
    assert_eq!((read.id.as_deref(), read.http_request.unwrap().path.as_deref()), (Some("code"), Some("/code")));
}

/// A client that trusts the authority which pactape made for itself.
fn secure(rig: &Rig) -> MockServerClient {
    let authority = rig.get("/mockserver/ca.pem").body;
    ClientBuilder::new("localhost", rig.port).secure(true).ca_cert_pem(authority).build().unwrap()
}

fn tls(rig: &Rig) {
    let client = secure(rig);
    client.when(path("/secure").secure(true)).respond(HttpResponse::new().body("safe")).unwrap();
    assert_eq!(rig.get("/secure").status, 404, "it is for TLS alone");
    client.verify(path("/secure").secure(false), VerificationTimes::exactly(1)).unwrap();
    let strange = ClientBuilder::new("localhost", rig.port).secure(true).build().unwrap();
    assert!(matches!(strange.status(), Err(Error::Transport(_))), "it trusts whom it does not know");
}

fn tls_callback(rig: &Rig) {
    let client = secure(rig);
    client.mock_with_callback(path("/safe"), |_| HttpResponse::new().body("over TLS")).unwrap();
    assert_eq!(rig.get("/safe").body, "over TLS");
}

fn omitted(rig: &Rig) {
    has("clock", &left_out(rig.client.freeze_clock(None)));
    has("no files are kept", &left_out(rig.client.list_files()));
    has("WSDL", &left_out(rig.client.wsdl_expectation("<definitions/>")));
    has("gRPC", &left_out(rig.client.retrieve_grpc_services()));
    has("pactape verify", &left_out(rig.client.retrieve_drift()));
}

fn reset(rig: &Rig) {
    rig.client.reset().unwrap();
    rig.client.verify_zero_interactions().unwrap();
    assert_eq!(rig.client.retrieve_active_expectations(None).unwrap(), vec![]);
    assert_eq!(rig.client.scenarios().unwrap(), vec![]);
}
