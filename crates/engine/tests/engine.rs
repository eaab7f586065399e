//! The interpreter at its limits: the longest history, the deepest documents.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use asl::{AnyResource, Options, Program};
use engine::{Command, EventKind, Execution, Host, Input, Limits, Meta, Outcome, codec};
use smol_str::SmolStr;
use value::{Payload, Timestamp, Value, json};

/// A world that draws nothing.
struct Fixed;

impl Host for Fixed {
    fn random(&mut self) -> f64 {
        0.5
    }

    fn uuid(&mut self) -> SmolStr {
        "00000000-0000-4000-8000-000000000000".into()
    }

    fn nonce(&mut self) -> u128 {
        7
    }

    fn activity_exists(&mut self, _: &str) -> bool {
        true
    }

    fn refuse_parameters(&mut self, _: &asl::resource::Resource, _: &Value) -> Option<String> {
        None
    }
}

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn program(definition: &str) -> Arc<Program> {
    let checked = asl::check(definition, &Options::new(&AnyResource));
    let refused = format!("{:?}", checked.diagnostics);
    Arc::new(checked.program.expect(&refused))
}

fn meta(input: Payload) -> Arc<Meta> {
    Arc::new(Meta {
        id: 1,
        shard_key: 1,
        execution_arn: "arn:aws:states:us-east-1:123456789012:execution:m:e".into(),
        name: "e".into(),
        state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:m".into(),
        state_machine_name: "m".into(),
        role_arn: None,
        version_arn: None,
        alias_arn: None,
        region: "us-east-1".into(),
        start: NOW,
        input,
        express: false,
        limits: Arc::new(Limits::AWS),
        map_item: None,
        context: None,
    })
}

/// What came of a run in which every task succeeds at once with an empty object.
struct Run {
    execution: Execution,
    /// Each turn's record.
    journal: Vec<Vec<u8>>,
    dispatched: u64,
}

fn run(definition: &str, input: Payload) -> Run {
    let execution = Execution::new(program(definition), meta(input));
    let mut run = Run { execution, journal: Vec::new(), dispatched: 0 };
    let mut inputs = vec![Input::Start];
    while let Some(input) = inputs.pop() {
        let applied = run.execution.apply(input, NOW, &mut Fixed);
        run.journal.push(codec::encode(&applied.events));
        if applied.more {
            inputs.push(Input::Continue);
        }
        for command in applied.commands {
            let output = Payload::from_value(Value::empty_object());
            match command {
                Command::Dispatch(dispatch) => {
                    run.dispatched += 1;
                    inputs.insert(0, Input::TaskSucceeded { task: dispatch.task, output });
                }
                Command::StartMapRun(started) => {
                    inputs
                        .insert(0, Input::MapRunEnded { task: started.task, outcome: Ok(output) });
                }
                _ => {}
            }
        }
    }
    run
}

impl Run {
    fn events(&self) -> Vec<engine::Event> {
        self.journal.iter().flat_map(|record| codec::decode(record).unwrap()).collect()
    }

    /// The journal says all.
    fn check_replay(&self) {
        let (program, meta) = (self.execution.program().clone(), self.execution.meta().clone());
        let replayed = Execution::replay(program, meta, self.events());
        assert!(replayed.same_state(&self.execution), "the journal replays to something else");
    }

    /// Measured: the last event that fits is ExecutionFailed itself.
    fn check_full(&self) {
        let events = self.events();
        let public: Vec<_> = events.iter().filter(|event| event.id > 0).collect();
        let limit = Limits::AWS.history_events;
        assert_eq!(public.len() as u64, limit);
        assert!(public.iter().zip(1..).all(|(event, id)| event.id == id), "ids have a gap");
        let Some(EventKind::ExecutionFailed(failure)) = events.last().map(|it| &it.kind) else {
            panic!("ended with {:?}", events.last());
        };
        assert_eq!(failure.error.as_deref(), Some("States.Runtime"));
        assert!(failure.cause.as_deref().unwrap_or_default().contains("25000"));
        assert!(matches!(self.execution.outcome(), Some(Outcome::Failed(_))));
        let ends = public.iter().filter(|event| event.kind.is_terminal()).count();
        assert_eq!(ends, 1);
        self.check_replay();
    }
}

/// Recorded, and told apart by what else those recordings have in common: scenarios/test_map_state_*
/// and test_map_item_*.
#[test]
fn a_map_is_left_from_the_start_of_its_run() {
    let inner = r#""I":{"Type":"Pass","End":true}"#;
    let config = r#""ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"}"#;
    let map = |fields: &str, inner: &str| {
        format!(
            r#""M":{{"Type":"Map",{fields}"ItemProcessor":{{{config},"StartAt":"I",
            "States":{{{inner}}}}},"End":true}}"#
        )
    };
    let first = |states: String| format!(r#"{{"StartAt":"M","States":{{{states}}}}}"#);
    let later = format!(
        r#"{{"StartAt":"P","States":{{"P":{{"Type":"Pass","Next":"M"}},{}}}}}"#,
        map("", inner)
    );
    let nested = map("", inner)
        .replace(r#""M":"#, r#""I":"#)
        .replace(r#""I":{"Type":"Pass""#, r#""J":{"Type":"Pass""#);
    let nested = nested.replace(r#""StartAt":"I""#, r#""StartAt":"J""#);
    for (definition, left_from) in [
        (first(map("", inner)), "MapRunSucceeded"),
        (first(map(r#""QueryLanguage":"JSONata","#, inner)), "MapRunStarted"),
        (first(map(r#""ItemBatcher":{"MaxItemsPerBatch":2},"#, inner)), "MapRunStarted"),
        (first(map("", &nested)), "MapRunStarted"),
        (later, "MapRunStarted"),
    ] {
        let run = run(&definition, Payload::from_value(json::parse("[1,2]").unwrap()));
        let events = run.events();
        let find = |id: u64| events.iter().find(|event| event.id == id).unwrap();
        let exit =
            events.iter().rfind(|it| matches!(it.kind, EventKind::StateExited { .. })).unwrap();
        let found = match find(exit.prev).kind {
            EventKind::MapRunStarted { .. } => "MapRunStarted",
            EventKind::MapRunSucceeded => "MapRunSucceeded",
            _ => "another",
        };
        assert_eq!(found, left_from, "{definition}");
        run.check_replay();
    }
}

/// As recorded for `MaxItemsPath`: test_map_item_reader_csv_max_items_paths_1.5.
#[test]
fn a_map_run_does_not_start_with_fields_that_it_cannot_use() {
    let config = r#""ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"}"#;
    for field in [
        r#""ItemBatcher":{"MaxItemsPerBatchPath":"$.n"}"#,
        r#""ItemBatcher":{"MaxItemsPerBatch":1,"BatchInput":{"a.$":"$.nope"}}"#,
        r#""ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Parameters":{"Bucket.$":"$.nope"}}"#,
    ] {
        let definition = format!(
            r#"{{"StartAt":"M","States":{{"M":{{"Type":"Map","ItemsPath":"$.items",{field},
            "ItemProcessor":{{{config},"StartAt":"I","States":{{"I":{{"Type":"Pass","End":true}}}}}},
            "End":true}}}}}}"#
        );
        let run = run(&definition, Payload::parse(r#"{"items":[1],"n":"x"}"#).unwrap());
        let events = run.events();
        let [.., before, end] = events.as_slice() else { panic!("{events:?}") };
        assert!(matches!(before.kind, EventKind::MapStarted(_)), "{definition}");
        assert!(matches!(end.kind, EventKind::ExecutionFailed(_)), "{definition}");
        run.check_replay();
    }
}

/// Measured for a Parallel (measured.md, 4.2): what ends the execution after the branches have
/// succeeded points to that success, which the chain of all else passes over.
#[test]
fn a_fault_on_leaving_follows_the_success() {
    let block = r#"{"StartAt":"I","States":{"I":{"Type":"Pass","End":true}}}"#;
    let states = [
        format!(r#""Type":"Parallel","Branches":[{block}]"#),
        format!(r#""Type":"Map","ItemProcessor":{block}"#),
        r#""Type":"Map","ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Pass","End":true}},
            "ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"}}"#
            .to_owned(),
    ];
    for state in states {
        let selector = r#""ResultSelector":{"a.$":"$.nope"},"End":true"#;
        let definition = format!(r#"{{"StartAt":"S","States":{{"S":{{{state},{selector}}}}}}}"#);
        let run = run(&definition, Payload::from_value(json::parse("[1]").unwrap()));
        let events = run.events();
        let (end, success) = (&events[events.len() - 1], &events[events.len() - 2]);
        assert!(matches!(end.kind, EventKind::ExecutionFailed(_)), "{definition}");
        assert!(matches!(success.kind, EventKind::ParallelSucceeded | EventKind::MapSucceeded));
        assert_eq!(end.prev, success.id, "{definition}");
        run.check_replay();
    }
}

/// Recorded: `test_map_state_item_selector_singleton`, `test_map_item_reader_base_json_with_items_path`.
#[test]
fn what_a_template_resolves_comes_after_what_is_literal_in_the_order_of_a_hash_map() {
    for (template, output) in [
        (
            r#"{"original_input.$":"$","iteration_input_value.$":"$","iteration_index.$":"$",
                "from_input_constant.$":"$","constant_value":1}"#,
            r#"{"constant_value":1,"iteration_input_value":0,"from_input_constant":0,"iteration_index":0,"original_input":0}"#,
        ),
        (
            r#"{"Bucket.$":"$","Key.$":"$","from_previous":["x"],"deep":{"b.$":"$","a":2}}"#,
            r#"{"from_previous":["x"],"deep":{"a":2,"b":0},"Bucket":0,"Key":0}"#,
        ),
    ] {
        let definition = format!(
            r#"{{"StartAt":"S","States":{{"S":{{"Type":"Pass","Parameters":{template},"End":true}}}}}}"#
        );
        let run = run(&definition, Payload::from_value(Value::Int(0)));
        let Some(Outcome::Succeeded(found)) = run.execution.outcome() else {
            panic!("{:?}", run.execution.outcome());
        };
        assert_eq!(found.text(), output);
    }
}

#[test]
fn a_path_that_finds_nothing_shows_the_input_in_compact_form() {
    for state in [
        r#""Type":"Pass","Parameters":{"v":{"x.$":"$.b"}},"End":true"#,
        r#""Type":"Fail","ErrorPath":"$.b""#,
    ] {
        let definition = format!(r#"{{"StartAt":"S","States":{{"S":{{{state}}}}}}}"#);
        let run = run(&definition, Payload::parse(r#"{"a": [1, 2]}"#).unwrap());
        let Some(Outcome::Failed(failure)) = run.execution.outcome() else {
            panic!("{:?}", run.execution.outcome());
        };
        let cause = failure.cause.as_deref().unwrap_or_default();
        assert!(cause.ends_with(r#"could not be found in the input '{"a":[1,2]}'"#), "{cause}");
    }
}

#[test]
fn a_history_ends_at_its_limit_wherever_it_is() {
    let empty = || Payload::from_value(Value::empty_object());
    // One, two or three states before the loop: the limit falls on each kind of event.
    for before in 0..3 {
        let mut states: String = (0..before)
            .map(|at| format!(r#""P{at}":{{"Type":"Pass","Next":"P{}"}},"#, at + 1))
            .collect();
        states += &format!(r#""P{before}":{{"Type":"Pass","Next":"A"}},"#);
        let tail = r#""A":{"Type":"Pass","Next":"B"},"B":{"Type":"Choice",
            "Choices":[{"Variable":"$.x","IsPresent":true,"Next":"C"}],"Default":"A"},
            "C":{"Type":"Succeed"}"#;
        run(&format!(r#"{{"StartAt":"P0","States":{{{states}{tail}}}}}"#), empty()).check_full();
        let task = r#""A":{"Type":"Task","Next":"B",
            "Resource":"arn:aws:lambda:us-east-1:123456789012:function:f"},
            "B":{"Type":"Choice",
            "Choices":[{"Variable":"$.x","IsPresent":true,"Next":"C"}],"Default":"A"},
            "C":{"Type":"Succeed"}"#;
        let tasks = run(&format!(r#"{{"StartAt":"P0","States":{{{states}{task}}}}}"#), empty());
        tasks.check_full();
        let events = tasks.events();
        let scheduled =
            events.iter().filter(|it| matches!(it.kind, EventKind::TaskScheduled(_))).count();
        assert_eq!(scheduled as u64, tasks.dispatched, "what is not recorded is not called");
    }
}

#[test]
fn iterations_and_branches_stop_at_the_limit_too() {
    let items = Value::array((0..6_000).map(Value::Int).collect());
    let input = Payload::from_value(Value::object([("items", items)]));
    for concurrency in [0, 1, 7] {
        let map = format!(
            r#"{{"StartAt":"M","States":{{"M":{{"Type":"Map","ItemsPath":"$.items","End":true,
            "MaxConcurrency":{concurrency},"ItemProcessor":{{"StartAt":"A","States":{{
            "A":{{"Type":"Pass","Next":"B"}},"B":{{"Type":"Pass","End":true}}}}}},
            "Catch":[{{"ErrorEquals":["States.ALL"],"Next":"C"}}]}},
            "C":{{"Type":"Succeed"}}}}}}"#
        );
        run(&map, input.clone()).check_full();
    }
    let branch = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},
        "B":{"Type":"Choice","Choices":[{"Variable":"$.x","IsPresent":true,"Next":"C"}],
        "Default":"A"},"C":{"Type":"Succeed"}}}"#;
    let branch = branch.replace("\"A\"", "\"A#\"").replace("\"B\"", "\"B#\"");
    let branch = branch.replace("\"C\"", "\"C#\"");
    let branches: Vec<_> = (0..3).map(|at| branch.replace('#', &at.to_string())).collect();
    let parallel = format!(
        r#"{{"StartAt":"P","States":{{"P":{{"Type":"Parallel","End":true,"Branches":[{}]}}}}}}"#,
        branches.join(",")
    );
    run(&parallel, Payload::from_value(Value::empty_object())).check_full();
}

/// A program in which the document `a` of the input goes through every field.
const EVERY_FIELD: &str = r#"{"StartAt":"P","States":{
    "P":{"Type":"Pass","Parameters":{"b.$":"$.a"},"ResultPath":"$.c",
         "Assign":{"deep.$":"$.b"},"Next":"Q"},
    "Q":{"Type":"Pass","InputPath":"$.a","ResultPath":null,"OutputPath":"$.c","Next":"R"},
    "R":{"Type":"Choice","Choices":[{"Variable":"$.b","IsPresent":true,"Next":"S"}],
         "Default":"F"},
    "S":{"Type":"Map","ItemsPath":"$.b","ResultPath":null,"Next":"T","ItemProcessor":{
         "StartAt":"I","States":{"I":{"Type":"Pass","End":true}}}},
    "T":{"Type":"Parallel","Next":"U","Branches":[
         {"StartAt":"J","States":{"J":{"Type":"Pass","OutputPath":"$.b","End":true}}}]},
    "U":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f",
         "Parameters":{"d.$":"$deep"},"End":true},
    "F":{"Type":"Fail"}}}"#;

fn nested(depth: usize) -> Value {
    (1..depth).fold(Value::array(Vec::new()), |inner, _| Value::array(vec![inner]))
}

fn check_too_deep(run: &Run) {
    let Some(Outcome::Failed(failure)) = run.execution.outcome() else {
        panic!("{:?}", run.execution.outcome().is_some());
    };
    assert_eq!(failure.error.as_deref(), Some("States.Runtime"));
    let cause = failure.cause.as_deref().unwrap_or_default();
    assert!(cause.contains("nesting depth (1001)"), "{cause}");
    run.check_replay();
}

#[test]
fn a_deep_document_goes_through_every_field() {
    let input = Payload::from_value(Value::object([("a", nested(json::MAX_DEPTH - 2))]));
    let run = run(EVERY_FIELD, input);
    let outcome = run.execution.outcome();
    assert!(matches!(outcome, Some(Outcome::Succeeded(_))), "{outcome:?}");
    assert_eq!(run.dispatched, 1);
    run.check_replay();
}

#[test]
fn what_nests_deeper_than_it_could_come_in_is_refused() {
    let empty = || Payload::from_value(Value::empty_object());
    // One level more with each turn of a loop.
    let back_to_a = r#""C":{"Type":"Choice","Choices":[{"Variable":"$.end","IsPresent":true,
        "Next":"E"}],"Default":"A"},"E":{"Type":"Succeed"}"#;
    let wrap = r#""A":{"Type":"Pass","Parameters":{"x.$":"$"},"Next":"C"}"#;
    let wrap = format!(r#"{{"StartAt":"A","States":{{{wrap},{back_to_a}}}}}"#);
    check_too_deep(&run(&wrap, empty()));
    // A variable.
    let assign = r#""S":{"Type":"Pass","Assign":{"x.$":"$.a"},"Next":"A"},
        "A":{"Type":"Pass","Assign":{"x":{"y.$":"$x"}},"Next":"C"}"#;
    let assign = format!(r#"{{"StartAt":"S","States":{{{assign},{back_to_a}}}}}"#);
    check_too_deep(&run(&assign, Payload::from_value(Value::object([("a", nested(500))]))));
    // An iteration's input.
    let select = r#"{"StartAt":"M","States":{"M":{"Type":"Map","ItemsPath":"$.a","End":true,
        "ItemSelector":{"p":{"q.$":"$"}},"ItemProcessor":{"StartAt":"I",
        "States":{"I":{"Type":"Pass","End":true}}}}}}"#;
    let input = Value::object([("a", nested(json::MAX_DEPTH - 1))]);
    check_too_deep(&run(select, Payload::from_value(input)));
}

/// More than a payload of 256 KiB can nest, when each level takes the fewest bytes that a state
/// can add. A shard's stack has 64 MiB for it.
const DEEPEST: usize = 50_000;

#[test]
fn no_depth_overflows_the_stack_of_a_shard() {
    let deepest = || {
        let input = Payload::from_value(Value::object([("a", nested(DEEPEST))]));
        check_too_deep(&run(EVERY_FIELD, input.clone()));
        // As replay would read it.
        let read = Payload::from_valid_text(input.text());
        assert!(read.value().get("a").is_some());
        let jsonata = r#"{"QueryLanguage":"JSONata","StartAt":"P","States":{
            "P":{"Type":"Pass","Output":{"b":"{% $states.input.a %}"},
                 "Assign":{"deep":"{% $states.input.a %}"},"End":true}}}"#;
        let run = run(jsonata, input);
        assert!(matches!(run.execution.outcome(), Some(Outcome::Failed(_))));
        run.check_replay();
    };
    let thread = std::thread::Builder::new().stack_size(64 << 20);
    thread.spawn(deepest).unwrap().join().unwrap();
}
