//! Aliases, as recorded (`test_sfn_api_aliasing`) or measured.

use super::*;

async fn with_versions() -> (Server, String) {
    let server = Server::start().await;
    let machine = server.machine("m", PASS, r#","publish":true"#).await;
    let role = "arn:aws:iam::123456789012:role/other";
    let input = format!(r#"{{"stateMachineArn":"{machine}","roleArn":"{role}","publish":true}}"#);
    server.ok("UpdateStateMachine", &input).await;
    (server, machine)
}

fn routes(machine: &str, routes: &[(&str, u32)]) -> String {
    let routes: Vec<_> = routes
        .iter()
        .map(|(version, weight)| {
            format!(r#"{{"stateMachineVersionArn":"{machine}{version}","weight":{weight}}}"#)
        })
        .collect();
    format!(r#""routingConfiguration":[{}]"#, routes.join(","))
}

#[tokio::test]
async fn an_alias_lives() {
    let (server, machine) = with_versions().await;
    let create =
        format!(r#"{{"name":"live","description":"d",{}}}"#, routes(&machine, &[(":1", 100)]));
    let created = server.ok("CreateStateMachineAlias", &create).await;
    assert_eq!(server.ok("CreateStateMachineAlias", &create).await.to_json(), created.to_json());
    let alias = text(&created, "stateMachineAliasArn");
    assert_eq!(alias, format!("{machine}:live"));
    let changed = format!(r#"{{"name":"live",{}}}"#, routes(&machine, &[(":2", 100)]));
    let conflict = fault(
        "ConflictException",
        "Failed to create alias because an alias with the same name and a different routing configuration already exists.",
    );
    assert_eq!(server.fails("CreateStateMachineAlias", &changed).await, conflict);
    let of_version = format!(r#"{{"stateMachineVersionArn":"{machine}:1"}}"#);
    let used = fault(
        "ConflictException",
        "Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [live]",
    );
    assert_eq!(server.fails("DeleteStateMachineVersion", &of_version).await, used);
    let update =
        format!(r#"{{"stateMachineAliasArn":"{alias}",{}}}"#, routes(&machine, &[(":2", 100)]));
    server.ok("UpdateStateMachineAlias", &update).await;
    let of_alias = format!(r#"{{"stateMachineAliasArn":"{alias}"}}"#);
    let description = server.ok("DescribeStateMachineAlias", &of_alias).await;
    assert_eq!(
        members(&description),
        [
            "creationDate",
            "description",
            "name",
            "routingConfiguration",
            "stateMachineAliasArn",
            "updateDate"
        ]
    );
    assert_eq!(
        texts(&description, "routingConfiguration", "stateMachineVersionArn"),
        [format!("{machine}:2")]
    );
    server.ok("DeleteStateMachineVersion", &of_version).await;
    let started = server.ok("StartExecution", &format!(r#"{{"stateMachineArn":"{alias}"}}"#)).await;
    let execution = server.ended(&text(&started, "executionArn")).await;
    assert_eq!(
        (
            text(&execution, "stateMachineArn"),
            text(&execution, "stateMachineAliasArn"),
            text(&execution, "stateMachineVersionArn")
        ),
        (machine.clone(), alias.clone(), format!("{machine}:2"))
    );
    let listed = server.ok("ListExecutions", &format!(r#"{{"stateMachineArn":"{alias}"}}"#)).await;
    assert_eq!(texts(&listed, "executions", "stateMachineAliasArn"), [alias.as_str()]);
    for _ in 0..2 {
        assert_eq!(server.ok("DeleteStateMachineAlias", &of_alias).await.to_json(), "{}");
    }
    let gone = fault("ResourceNotFound", "Request references a resource that does not exist.");
    assert_eq!(server.fails("DescribeStateMachineAlias", &of_alias).await, gone);
}

#[tokio::test]
async fn routes_are_checked() {
    let (server, machine) = with_versions().await;
    let (one, two) = (format!("{machine}:1"), format!("{machine}:2"));
    for (given, expected) in [
        (
            &[(":1", 70), (":2", 29)][..],
            "Sum of routing configuration weights must equal 100. Received: [70, 29]".into(),
        ),
        (
            &[(":1", 50), (":1", 50)],
            format!(
                "Routing configuration must contain distinct state machine version ARNs. Received: [{one}, {one}]"
            ),
        ),
        (
            &[("", 70), (":2", 30)],
            format!(
                "Routing configuration must contain state machine version ARNs. Received: [{machine}, {two}]"
            ),
        ),
    ] {
        let input = format!(r#"{{"name":"a",{}}}"#, routes(&machine, given));
        assert_eq!(
            server.fails("CreateStateMachineAlias", &input).await,
            fault("ValidationException", expected)
        );
    }
    let unknown = format!(r#"{{"name":"a",{}}}"#, routes(&machine, &[(":9", 100)]));
    assert_eq!(server.fails("CreateStateMachineAlias", &unknown).await.0, "ResourceNotFound");
}

#[tokio::test]
async fn aliases_are_listed_in_pages() {
    let (server, machine) = with_versions().await;
    for (name, version) in [("AliasName-1", ":1"), ("AliasName-2", ":2"), ("AliasName-3", ":1")] {
        let input = format!(r#"{{"name":"{name}",{}}}"#, routes(&machine, &[(version, 100)]));
        server.ok("CreateStateMachineAlias", &input).await;
    }
    let list = |arn: &str, more: &str| format!(r#"{{"stateMachineArn":"{arn}"{more}}}"#);
    let operation = "ListStateMachineAliases";
    let names = |page: &Value| texts(page, "stateMachineAliases", "stateMachineAliasArn");
    let page = server.ok(operation, &list(&machine, r#","maxResults":1"#)).await;
    assert_eq!(names(&page), [format!("{machine}:AliasName-1")]);
    let token = format!(r#","nextToken":"{}""#, text(&page, "nextToken"));
    let rest = server.ok(operation, &list(&machine, &token)).await;
    assert_eq!((names(&rest).len(), rest.get("nextToken")), (2, None));
    let of_version = server.ok(operation, &list(&format!("{machine}:2"), "")).await;
    assert_eq!(names(&of_version), [format!("{machine}:AliasName-2")]);
    let bad = server.fails(operation, &list(&machine, r#","nextToken":"InvalidToken""#)).await;
    assert_eq!(bad, fault("InvalidToken", "Invalid Token: 'Invalid token'"));
}
