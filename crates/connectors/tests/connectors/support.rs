//! What every test needs: calls, their results, folders for functions.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use asl::resource::Resource;
use connectors::{Call, Connectors, Failure, Progress, RunError};
use value::{SmolStr, Value, json};

static NEXT: AtomicU32 = AtomicU32::new(0);

pub fn parse(text: &str) -> Value {
    json::parse(text).unwrap()
}

/// A call of `resource`, which is an ARN or what follows `arn:aws:states:::`.
pub fn call(resource: &str, parameters: Value) -> Call {
    let arn = if resource.starts_with("arn:") {
        resource.to_owned()
    } else {
        format!("arn:aws:states:::{resource}")
    };
    Call {
        resource: Resource::parse(&arn).unwrap(),
        parameters,
        token: format!("token-{}", NEXT.fetch_add(1, Ordering::Relaxed)).into(),
        execution_arn: "arn:aws:states:us-east-1:123456789012:execution:m:e".into(),
        state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:m".into(),
        state_name: "S".into(),
        execution_role: "arn:aws:iam::123456789012:role/r".into(),
        role_arn: None,
        region: "us-east-1".into(),
        account: "123456789012".into(),
        test_case: None,
        timeout_seconds: None,
        submitted: None,
    }
}

pub fn function(name: &str, input: &str) -> Call {
    call(&format!("arn:aws:lambda:us-east-1:123456789012:function:{name}"), parse(input))
}

#[derive(Default)]
pub struct Submitted(pub Option<Value>);

impl Progress for Submitted {
    fn submitted(&mut self, output: Value) {
        assert!(self.0.is_none(), "submitted twice");
        self.0 = Some(output);
    }
}

/// Runs a task that is not submitted, and gives its result.
pub async fn run(connectors: &Connectors, call: Call) -> Result<Value, Failure> {
    let mut submitted = Submitted::default();
    let result = connectors.run(call, &mut submitted).await;
    assert_eq!(submitted.0, None);
    match result {
        Ok(result) => Ok(result.expect("a result")),
        Err(RunError::Task(failure)) => Err(failure),
        Err(error) => panic!("{error:?}"),
    }
}

pub fn error(failure: &Failure) -> (&str, &str) {
    (failure.error.as_deref().unwrap_or_default(), failure.cause.as_deref().unwrap_or_default())
}

/// A folder with files, removed when dropped.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let name =
            format!("connectors-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        for (file, text) in files {
            let file = path.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

pub fn smol(text: &str) -> SmolStr {
    text.into()
}
