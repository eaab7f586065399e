//! Jobs of services whose answers are irregular, played by a local HTTP server.

use connectors::{Config, Connectors, Failure, RunError};
use value::Value;

use crate::http_server::{Asked, HttpServer, json};
use crate::support::{Submitted, call, error, parse};

/// A server that answers each action, by the end of its `X-Amz-Target` or path, in turn.
async fn server(answers: &'static [(&'static str, &'static str)]) -> (HttpServer, Connectors) {
    let counts = std::sync::Mutex::new(vec![0_usize; answers.len()]);
    let server = HttpServer::start(move |asked: &Asked| {
        let is_asked = |action: &str| {
            let target = format!(".{}\r\n", action.to_lowercase());
            format!("{}\r\n", asked.headers).contains(&target) || asked.line.contains(action)
        };
        let mut counts = counts.lock().unwrap();
        let fitting = answers.iter().enumerate().filter(|(_, (action, _))| is_asked(action));
        let fitting: Vec<usize> = fitting.map(|(at, _)| at).collect();
        let next = fitting.iter().find(|at| counts[**at] == 0).or(fitting.last());
        let at = *next.unwrap_or_else(|| panic!("{asked:?}"));
        counts[at] += 1;
        let status = if answers[at].1.contains("__type") { "400 Bad Request" } else { "200 OK" };
        json(status, "", answers[at].1)
    });
    let server = server.await;
    let mut config = Config::default();
    config.aws.endpoint = Some(server.url.clone());
    config.aws.credentials = Some(aws::Credentials::new("id", "secret", None::<String>));
    (server, Connectors::new(config))
}

/// The result of a job, and what its submission answered without metadata.
async fn run(
    connectors: &Connectors,
    resource: &str,
    parameters: &str,
) -> (Result<Value, Failure>, Option<Value>) {
    let mut submitted = Submitted::default();
    let result = connectors.run(call(resource, parse(parameters)), &mut submitted).await;
    let result = match result {
        Ok(result) => Ok(result.unwrap()),
        Err(RunError::Submit(failure) | RunError::Task(failure)) => Err(failure),
    };
    (result, submitted.0)
}

fn body(server: &HttpServer, number: usize) -> Value {
    parse(&server.asked()[number].body)
}

#[tokio::test]
async fn a_batch_job() {
    let (server, connectors) = server(&[
        ("/v1/submitjob", r#"{"jobId":"j","jobName":"n","jobArn":"a"}"#),
        ("/v1/describejobs", r#"{"jobs":[{"jobId":"j","status":"RUNNING"}]}"#),
        ("/v1/describejobs", r#"{"jobs":[{"jobId":"j","status":"FAILED","statusReason":"r"}]}"#),
    ])
    .await;
    let parameters = r#"{"JobName":"n","JobQueue":"q","JobDefinition":"d"}"#;
    let (result, submitted) = run(&connectors, "batch:submitJob.sync", parameters).await;
    let failure = result.unwrap_err();
    let job = r#"{"JobId":"j","Status":"FAILED","StatusReason":"r"}"#;
    assert_eq!(error(&failure), ("States.TaskFailed", job));
    assert_eq!(submitted.unwrap().get("JobId"), Some(&Value::from("j")));
    assert_eq!(body(&server, 1), parse(r#"{"jobs":["j"]}"#));
}

#[tokio::test]
async fn tasks_of_ecs() {
    let task = |rest: &str| format!(r#"{{"tasks":[{{"taskArn":"t","clusterArn":"c"{rest}}}]}}"#);
    let stopped = |code| {
        task(&format!(
            r#","lastStatus":"STOPPED","stopCode":"EssentialContainerExited","containers":[{{"exitCode":{code}}}]"#
        ))
    };
    for (code, is_well) in [(0, true), (3, false)] {
        let answers = [
            ("runtask", task("").leak() as &str),
            ("describetasks", task(r#","lastStatus":"RUNNING""#).leak()),
            ("describetasks", stopped(code).leak()),
        ];
        let (server, connectors) = server(Box::leak(Box::new(answers))).await;
        let (result, _) = run(&connectors, "ecs:runTask.sync", r#"{"TaskDefinition":"d"}"#).await;
        match result {
            Ok(task) => assert!(is_well && task.get("LastStatus") == Some(&"STOPPED".into())),
            Err(failure) => {
                assert!(!is_well && error(&failure).1.contains(r#""ExitCode":3"#), "{failure:?}");
            }
        }
        assert_eq!(body(&server, 1), parse(r#"{"cluster":"c","tasks":["t"]}"#));
    }
    let none = r#"{"failures":[{"arn":"a","reason":"RESOURCE:MEMORY"}],"tasks":[]}"#;
    let answers = [("runtask", none)];
    let (_server, connectors) = server(Box::leak(Box::new(answers))).await;
    let (result, submitted) =
        run(&connectors, "ecs:runTask.sync", r#"{"TaskDefinition":"d"}"#).await;
    let failure = result.unwrap_err();
    assert_eq!(error(&failure).0, "AmazonECS.Unknown");
    assert!(error(&failure).1.contains("RESOURCE:MEMORY") && submitted.is_none());
    let (result, _) = run(&connectors, "ecs:runTask", r#"{"TaskDefinition":"d"}"#).await;
    assert!(result.unwrap().get("Failures").is_some());
}

#[tokio::test]
async fn steps_and_groups_of_emr() {
    let (server, connectors) = server(&[
        ("addjobflowsteps", r#"{"StepIds":["s"]}"#),
        ("describestep", r#"{"Step":{"Id":"s","Status":{"State":"COMPLETED"}}}"#),
        ("listinstancegroups", r#"{"InstanceGroups":[{"Id":"x","Name":"a"}],"Marker":"m"}"#),
        ("listinstancegroups", r#"{"InstanceGroups":[{"Id":"y","Name":"b"}]}"#),
        ("modifyinstancegroups", "{}"),
    ])
    .await;
    let step = r#"{"ClusterId":"c","Step":{"Name":"n","HadoopJarStep":{"Jar":"j"}}}"#;
    let (result, submitted) = run(&connectors, "elasticmapreduce:addStep.sync", step).await;
    let step = parse(r#"{"Step":{"Id":"s","Status":{"State":"COMPLETED"}}}"#);
    assert_eq!(result.unwrap(), step);
    assert_eq!(submitted.unwrap().get("StepId"), Some(&"s".into()));
    let sent = r#"{"JobFlowId":"c","Steps":[{"Name":"n","HadoopJarStep":{"Jar":"j"}}]}"#;
    assert_eq!(body(&server, 0), parse(sent));
    assert_eq!(body(&server, 1), parse(r#"{"ClusterId":"c","StepId":"s"}"#));
    let group = r#"{"ClusterId":"c","InstanceGroupName":"b","InstanceGroup":{"InstanceCount":2}}"#;
    let mut submitted = Submitted::default();
    let modify = call("elasticmapreduce:modifyInstanceGroupByName", parse(group));
    connectors.run(modify, &mut submitted).await.unwrap();
    assert_eq!(body(&server, 3), parse(r#"{"ClusterId":"c","Marker":"m"}"#));
    let sent = r#"{"ClusterId":"c","InstanceGroups":[{"InstanceCount":2,"InstanceGroupId":"y"}]}"#;
    assert_eq!(body(&server, 4), parse(sent));
}

#[tokio::test]
async fn what_goes_and_what_is_found_in_a_list() {
    let (_server, connectors) = server(&[
        ("DELETE /clusters/c", r#"{"cluster":{"name":"c","status":"DELETING"}}"#),
        ("GET /clusters/c", r#"{"cluster":{"name":"c","status":"DELETING"}}"#),
        ("GET /clusters/c", r#"{"__type":"ResourceNotFoundException","message":"gone"}"#),
        ("POST /jobs/b/startJobRun", r#"{"RunId":"2"}"#),
        (
            "GET /jobs/b/jobRuns",
            r#"{"JobRuns":[{"RunId":"1","State":"FAILED"},{"RunId":"2","State":"SUCCEEDED"}]}"#,
        ),
    ])
    .await;
    let (result, _) = run(&connectors, "eks:deleteCluster.sync", r#"{"Name":"c"}"#).await;
    assert_eq!(result.unwrap().get("Cluster").unwrap().get("Name"), Some(&"c".into()));
    let (result, _) = run(&connectors, "databrew:startJobRun.sync", r#"{"Name":"b"}"#).await;
    assert_eq!(result.unwrap(), parse(r#"{"RunId":"2","State":"SUCCEEDED"}"#));
}
