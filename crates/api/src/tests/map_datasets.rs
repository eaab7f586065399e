//! Distributed Maps over files, and their results in files.

use super::map_runs::{
    activity, children, counts, describe_run, history, map, run_of, start, succeed, take,
};
use super::*;

const CSV: &str = r#","ItemReader":{"Resource":"arn:aws:states:::s3:getObject",
    "ReaderConfig":{"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW"},
    "Parameters":{"Bucket":"in","Key.$":"$.key"}}"#;

const WRITER: &str = r#","ResultWriter":{"Resource":"arn:aws:states:::s3:putObject",
    "Parameters":{"Bucket":"out","Prefix":"results"}}"#;

const PASS_ON: &str = r#"{"Type":"Pass","End":true}"#;

/// A CSV file with the numbers from 0 on.
fn numbers(count: usize) -> String {
    let lines: String = (0..count).map(|line| format!("{line}\n")).collect();
    format!("n\n{lines}")
}

fn written(server: &Server, key: &str) -> Value {
    let body = server.storage.get("out", key).unwrap_or_else(|| panic!("no {key}"));
    json::parse(std::str::from_utf8(&body).unwrap()).unwrap()
}

/// The keys of the result files of a kind, from the manifest.
fn files(manifest: &Value, kind: &str) -> Vec<String> {
    texts(manifest.get("ResultFiles").unwrap(), kind, "Key")
}

#[tokio::test]
async fn lines_of_a_file_go_to_children_in_batches_and_results_into_files() {
    let server = Server::start().await;
    server.storage.insert("in", "numbers.csv", numbers(2500));
    let more = format!(r#"{CSV}{WRITER},"ItemBatcher":{{"MaxItemsPerBatch":100}}"#);
    let definition = map(PASS_ON, "EXPRESS", &more);
    let execution = start(&server, &definition, r#"{"key":"numbers.csv"}"#).await;
    let ended = server.ended(&execution).await;
    assert_eq!(text(&ended, "status"), "SUCCEEDED", "{}", ended.to_json());
    let run = run_of(&server, &execution).await;
    let described = describe_run(&server, &run).await;
    let of = |count| {
        [format!("succeeded {count}"), format!("total {count}"), format!("resultsWritten {count}")]
    };
    assert_eq!(counts(&described, "itemCounts"), of(2500));
    assert_eq!(counts(&described, "executionCounts"), of(25));
    let output = json::parse(&text(&ended, "output")).unwrap();
    assert_eq!(text(&output, "MapRunArn"), run);
    let details = output.get("ResultWriterDetails").unwrap();
    let key = text(details, "Key");
    let folder = format!("results/{}", run.rsplit(':').next().unwrap());
    assert_eq!(
        (text(details, "Bucket"), &*key),
        ("out".into(), &*format!("{folder}/manifest.json"))
    );
    let manifest = written(&server, &key);
    assert_eq!(files(&manifest, "SUCCEEDED"), [format!("{folder}/SUCCEEDED_0.json")]);
    assert!(files(&manifest, "FAILED").is_empty() && files(&manifest, "PENDING").is_empty());
    let results = written(&server, &format!("{folder}/SUCCEEDED_0.json"));
    let mut seen: Vec<i64> = Vec::new();
    for result in results.as_array().unwrap().iter() {
        assert_eq!(result.get("RedriveCount"), None, "of Express children nothing is said");
        let output = json::parse(&text(result, "Output")).unwrap();
        let items = texts(&output, "Items", "n");
        seen.extend(items.iter().map(|it| it.parse::<i64>().unwrap()));
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..2500).collect::<Vec<_>>());
    assert!(history(&server, &execution).await.contains(&"MapRunSucceeded 4".to_owned()));
}

#[tokio::test]
async fn what_cannot_be_read_fails_the_state() {
    let server = Server::start().await;
    let definition = map(PASS_ON, "STANDARD", CSV);
    let execution = start(&server, &definition, r#"{"key":"missing.csv"}"#).await;
    let ended = server.ended(&execution).await;
    assert_eq!(text(&ended, "error"), "States.ItemReaderFailed");
    let run = describe_run(&server, &run_of(&server, &execution).await).await;
    assert_eq!(text(&run, "status"), "FAILED");
    // Once it is there, a redrive reads it.
    server.storage.insert("in", "missing.csv", numbers(2));
    server.ok("RedriveExecution", &format!(r#"{{"executionArn":"{execution}"}}"#)).await;
    assert_eq!(text(&server.ended(&execution).await, "output"), r#"[{"n":"0"},{"n":"1"}]"#);
}

/// Takes the next task of an activity and fails it; how the execution ends.
async fn fail(server: &Server, activity: &str, execution: &str) -> String {
    let token = take(server, activity).await;
    server.ok("SendTaskFailure", &format!(r#"{{"taskToken":"{token}","error":"E"}}"#)).await;
    text(&server.ended(execution).await, "error")
}

#[tokio::test]
async fn a_redrive_reads_on_in_the_file_that_was_read_before_or_in_none() {
    let server = Server::start().await;
    server.storage.insert("in", "numbers.csv", numbers(3));
    let (activity, task) = activity(&server, "a").await;
    let definition = map(&task, "STANDARD", &format!(r#"{CSV},"MaxConcurrency":1"#));
    let execution = start(&server, &definition, r#"{"key":"numbers.csv"}"#).await;
    let ended = fail(&server, &activity, &execution).await;
    assert_eq!(ended, "States.ExceedToleratedFailureThreshold");
    server.storage.insert("in", "numbers.csv", "n\n7\n8\n9\n");
    server.ok("RedriveExecution", &format!(r#"{{"executionArn":"{execution}"}}"#)).await;
    succeed(&server, &activity).await;
    let ended = server.ended(&execution).await;
    assert_eq!(text(&ended, "error"), "States.ItemReaderFailed", "{}", ended.to_json());
}

#[tokio::test]
async fn a_redrive_needs_no_file_whose_lines_have_all_their_children() {
    let server = Server::start().await;
    server.storage.insert("in", "numbers.csv", numbers(1));
    let (activity, task) = activity(&server, "a").await;
    // A percentage is judged only when the whole file has been read.
    let definition = map(&task, "STANDARD", &format!(r#"{CSV},"ToleratedFailurePercentage":50"#));
    let execution = start(&server, &definition, r#"{"key":"numbers.csv"}"#).await;
    let ended = fail(&server, &activity, &execution).await;
    assert_eq!(ended, "States.ExceedToleratedFailureThreshold");
    server.storage.remove("in", "numbers.csv");
    server.ok("RedriveExecution", &format!(r#"{{"executionArn":"{execution}"}}"#)).await;
    succeed(&server, &activity).await;
    assert_eq!(text(&server.ended(&execution).await, "output"), "[7]");
}

#[tokio::test]
async fn results_of_all_kinds_are_written_also_by_a_redrive() {
    let server = Server::start().await;
    server.storage.insert("in", "numbers.csv", numbers(4));
    let (activity, task) = activity(&server, "a").await;
    let definition = map(&task, "STANDARD", &format!(r#"{CSV}{WRITER},"MaxConcurrency":1"#));
    let execution = start(&server, &definition, r#"{"key":"numbers.csv"}"#).await;
    succeed(&server, &activity).await;
    let ended = fail(&server, &activity, &execution).await;
    assert_eq!(ended, "States.ExceedToleratedFailureThreshold");
    let run = run_of(&server, &execution).await;
    let folder = format!("results/{}", run.rsplit(':').next().unwrap());
    let manifest = written(&server, &format!("{folder}/manifest.json"));
    for (kind, count) in [("SUCCEEDED", 1), ("FAILED", 1), ("PENDING", 2)] {
        let results = written(&server, &files(&manifest, kind)[0]);
        assert_eq!(results.as_array().unwrap().len(), count, "{kind}");
    }
    let pending = written(&server, &format!("{folder}/PENDING_0.json"));
    let pending = texts(&Value::object([("all", pending)]), "all", "Input");
    assert_eq!(pending, [r#"{"n":"2"}"#, r#"{"n":"3"}"#]);
    server.ok("RedriveExecution", &format!(r#"{{"executionArn":"{execution}"}}"#)).await;
    for _ in 0..3 {
        succeed(&server, &activity).await;
    }
    assert_eq!(text(&server.ended(&execution).await, "status"), "SUCCEEDED");
    let manifest = written(&server, &format!("{folder}/Redrive-1/manifest.json"));
    let results = written(&server, &files(&manifest, "SUCCEEDED")[0]);
    assert_eq!(results.as_array().unwrap().len(), 4);
    assert_eq!(children(&server, &run, "").await.len(), 4);
}

#[tokio::test]
async fn a_writer_without_a_resource_shapes_the_state_s_result() {
    let server = Server::start().await;
    let more =
        r#","ResultWriter":{"WriterConfig":{"Transformation":"FLATTEN","OutputType":"JSON"}}"#;
    let definition = map(PASS_ON, "EXPRESS", more);
    let execution = start(&server, &definition, "[[1,2],[3],4]").await;
    assert_eq!(text(&server.ended(&execution).await, "output"), "[1,2,3,4]");
}
