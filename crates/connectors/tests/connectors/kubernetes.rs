//! `eks:call` and `eks:runJob` against a fake of Kubernetes' API behind TLS.

use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use connectors::{Cancel, Config, Connectors, Failure, RunError};
use value::Value;

use crate::http_server::{Asked, HttpServer, json};
use crate::support::{Folder, Submitted, call, error, parse, run, smol};

const AUTHORITY: &[u8] = include_bytes!("certificates/ca.pem");

/// The jobs of a cluster: each ends at its third look, as its name says.
#[derive(Default)]
struct Cluster {
    looks: Mutex<u32>,
    deleted: Mutex<Vec<String>>,
}

impl Cluster {
    fn answer(&self, asked: &Asked) -> Option<String> {
        if !asked.headers.contains("authorization: bearer ") {
            return json("401 Unauthorized", "", r#"{"kind":"Status","message":"Unauthorized"}"#);
        }
        let (method, rest) = asked.line.split_once(' ').unwrap();
        let target = rest.trim_end_matches(" HTTP/1.1");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        match (method, path) {
            ("POST", "/apis/batch/v1/namespaces/work/jobs") => self.create(&asked.body),
            ("GET", path) if path.starts_with("/apis/batch/v1/namespaces/work/jobs/") => {
                self.look(path.rsplit('/').next().unwrap())
            }
            ("DELETE", _) => {
                self.deleted.lock().unwrap().push(target.to_owned());
                json("200 OK", "", "{}")
            }
            ("GET", "/api/v1/namespaces/work/pods") => {
                assert_eq!(query.split_once("%3D").unwrap().0, "labelSelector=job-name");
                let pods = r#"{"items":[{"metadata":{"name":"p"},"spec":{"containers":[{"name":"a"},{"name":"b"},{"name":"c"}]}}]}"#;
                json("200 OK", "", pods)
            }
            ("GET", "/api/v1/namespaces/work/pods/p/log") => match query {
                "tailLines=6&container=a" => json("200 OK", "", "{\"pi\": 3.14}\n"),
                "tailLines=6&container=b" => json("200 OK", "", "plain\ntext\n"),
                _ => json("404 Not Found", "", "none"),
            },
            _ => json("200 OK", "", r#"{"kind":"List"}"#),
        }
    }

    fn create(&self, job: &str) -> Option<String> {
        let job = parse(job);
        let name = job.get("metadata").and_then(|it| it.get("name")).and_then(Value::as_str);
        if name == Some("taken") {
            return json("409 Conflict", "", r#"{"reason":"AlreadyExists","code":409}"#);
        }
        let name = name.unwrap_or("made-up");
        let made = format!(r#"{{"metadata":{{"name":"{name}","namespace":"work"}}}}"#);
        json("201 Created", "", &made)
    }

    fn look(&self, name: &str) -> Option<String> {
        let mut looks = self.looks.lock().unwrap();
        *looks += 1;
        match *looks {
            1 => json("200 OK", "", r#"{"status":{"active":1}}"#),
            2 => json("503 Service Unavailable", "", "busy"),
            _ => {
                let kind = if name == "bad" { "Failed" } else { "Complete" };
                let condition = format!(r#"{{"type":"{kind}","status":"True"}}"#);
                json("200 OK", "", &format!(r#"{{"status":{{"conditions":[{condition}]}}}}"#))
            }
        }
    }
}

struct Test {
    server: HttpServer,
    cluster: Arc<Cluster>,
    connectors: Connectors,
}

impl Test {
    async fn start(change: impl Fn(&mut Config)) -> Self {
        let cluster = Arc::<Cluster>::default();
        let behind = Arc::clone(&cluster);
        let server = HttpServer::start_tls(move |asked| behind.answer(asked)).await;
        let mut config = Config { http_private_addresses: true, ..Config::default() };
        config.aws.credentials = Some(aws::Credentials::new("AKID", "secret", Some("token")));
        change(&mut config);
        Self { server, cluster, connectors: Connectors::new(config) }
    }

    fn parameters(&self, rest: &str) -> Value {
        let (authority, endpoint) = (STANDARD.encode(AUTHORITY), &self.server.url);
        parse(&format!(
            r#"{{"ClusterName":"c","CertificateAuthority":"{authority}","Endpoint":"{endpoint}",{rest}}}"#
        ))
    }

    async fn call(&self, rest: &str) -> Result<Value, Failure> {
        run(&self.connectors, call("eks:call", self.parameters(rest))).await
    }

    async fn job(&self, rest: &str) -> (Result<Value, Failure>, Option<Value>) {
        let mut submitted = Submitted::default();
        let task = call("eks:runJob.sync", self.parameters(rest));
        let result = match self.connectors.run(task, &mut submitted).await {
            Ok(result) => Ok(result.unwrap()),
            Err(RunError::Submit(failure) | RunError::Task(failure)) => Err(failure),
        };
        (result, submitted.0)
    }

    /// What the last request's token stands for.
    fn token(&self) -> String {
        let asked = self.server.asked().pop().unwrap();
        let token = asked.token.split_once("k8s-aws-v1.").unwrap().1.to_owned();
        String::from_utf8(URL_SAFE_NO_PAD.decode(token).unwrap()).unwrap()
    }
}

#[tokio::test]
async fn any_request_of_a_cluster() {
    let test = Test::start(|_| {}).await;
    let list =
        r#""Method":"GET","Path":"/api/v1/pods","QueryParameters":{"labelSelector":["a=b","c=d"]}"#;
    let result = test.call(list).await.unwrap();
    assert_eq!(result.get("ResponseBody"), Some(&parse(r#"{"kind":"List"}"#)));
    assert_eq!(result.get("StatusCode"), Some(&Value::Int(200)));
    let asked = test.server.asked().pop().unwrap();
    let line = "GET /api/v1/pods?labelSelector=a%3Db&labelSelector=c%3Dd HTTP/1.1";
    assert_eq!(asked.line, line);
    let address = test.token();
    for part in [
        "https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&",
        "X-Amz-Expires=60",
        "X-Amz-SignedHeaders=host%3Bx-k8s-aws-id",
        "X-Amz-Security-Token=token",
    ] {
        assert!(address.contains(part), "{part} {address}");
    }
    for (body, content_type) in [
        (r#"{"a":1}"#, "content-type: application/merge-patch+json"),
        (r#"[{"op":"test"}]"#, "content-type: application/json-patch+json"),
    ] {
        let patch = format!(r#""Method":"PATCH","Path":"x","RequestBody":{body}"#);
        test.call(&patch).await.unwrap();
        let asked = test.server.asked().pop().unwrap();
        assert_eq!((asked.line.as_str(), asked.body.as_str()), ("PATCH /x HTTP/1.1", body));
        assert!(asked.headers.contains(content_type), "{asked:?}");
    }
}

#[tokio::test]
async fn a_job_runs_to_its_end() {
    let test = Test::start(|_| {}).await;
    let job = r#""Namespace":"work","Job":{"kind":"Job","metadata":{"generateName":"x-"}},
        "LogOptions":{"RetrieveLogs":true,"LogParameters":{"tailLines":["6"]}}"#;
    let (result, submitted) = test.job(job).await;
    let result = result.unwrap();
    let conditions = r#"{"conditions":[{"type":"Complete","status":"True"}]}"#;
    assert_eq!(result.get("status"), Some(&parse(conditions)));
    let cause = r#"{"ResponseBody":"none","StatusCode":404,"StatusText":"Not Found"}"#;
    let logs = Value::object([
        ("a", parse(r#"{"log":{"pi":3.14}}"#)),
        ("b", parse(r#"{"log":"plain\ntext\n"}"#)),
        ("c", Value::object([("error", Value::from("EKS.404")), ("cause", Value::from(cause))])),
    ]);
    let found = result.get("logs").and_then(|logs| logs.get("pods")?.get("p")?.get("containers"));
    assert_eq!(found, Some(&logs));
    let submitted = submitted.unwrap();
    assert_eq!(submitted.get("StatusCode"), Some(&Value::Int(201)));
    let task = call("eks:runJob.sync", test.parameters(job));
    test.connectors
        .cancel(Cancel {
            resource: task.resource,
            parameters: Some(task.parameters),
            submitted,
            region: task.region,
            account: task.account,
            execution_role: task.execution_role,
            role_arn: None,
            execution_arn: task.execution_arn,
        })
        .await;
    let deleted = "/apis/batch/v1/namespaces/work/jobs/made-up?propagationPolicy=Background";
    assert_eq!(*test.cluster.deleted.lock().unwrap(), [deleted]);
}

#[tokio::test]
async fn jobs_that_fail() {
    let test = Test::start(|_| {}).await;
    let (result, _) = test
        .job(r#""Namespace":"work","Job":"{\"metadata\":{\"name\":\"bad\"}}","LogOptions":{}"#)
        .await;
    let failed = r#"{"status":{"conditions":[{"type":"Failed","status":"True"}]}}"#;
    assert_eq!(error(&result.unwrap_err()), ("States.TaskFailed", failed));
    let (result, submitted) =
        test.job(r#""Namespace":"work","Job":{"metadata":{"name":"taken"}}"#).await;
    let cause = r#"{"ResponseBody":{"reason":"AlreadyExists","code":409},"StatusCode":409,"StatusText":"Conflict"}"#;
    assert_eq!(error(&result.unwrap_err()), ("EKS.409", cause));
    assert_eq!(submitted, None);
    let (result, _) = test.job(r#""Namespace":"work","Job":5"#).await;
    assert_eq!(error(&result.unwrap_err()).0, "States.Runtime");
}

#[tokio::test]
async fn only_the_clusters_own_authority_is_trusted() {
    let test = Test::start(|_| {}).await;
    let mut task = call("eks:call", test.parameters(r#""Method":"GET","Path":"/""#));
    let mut parameters = (**task.parameters.as_object().unwrap()).clone();
    for (authority, name) in [
        // The server's own certificate has signed nobody.
        (STANDARD.encode(include_bytes!("certificates/server.pem")), "EKS.SdkClientException"),
        (STANDARD.encode("none"), "States.Runtime"),
        ("no base64".to_owned(), "States.Runtime"),
    ] {
        parameters.insert("CertificateAuthority", Value::from(authority));
        task.parameters = parameters.clone().into();
        let failure = run(&test.connectors, task.clone()).await.unwrap_err();
        assert_eq!(error(&failure).0, name, "{failure:?}");
    }
    assert!(test.server.asked().is_empty());
    let closed = Test::start(|config| config.http_private_addresses = false).await;
    let failure = closed.call(r#""Method":"GET","Path":"/""#).await.unwrap_err();
    assert!(error(&failure).1.contains("is not a public address"), "{failure:?}");
}

#[tokio::test]
async fn a_cluster_that_knows_no_iam() {
    let folder = Folder::new(&[("token", "abc\n")]);
    let path = folder.0.join("token");
    let test = Test::start(|config| {
        config.cluster_token_files.insert("c".into(), path.clone());
    })
    .await;
    test.call(r#""Method":"GET","Path":"/""#).await.unwrap();
    assert_eq!(test.server.asked().pop().unwrap().token, "Bearer abc");
    std::fs::remove_file(&path).unwrap();
    let failure = test.call(r#""Method":"GET","Path":"/""#).await.unwrap_err();
    assert_eq!(error(&failure).0, smol("EKS.SdkClientException"));
}
