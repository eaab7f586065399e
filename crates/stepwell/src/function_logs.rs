//! What functions on this machine printed, for the API.

use api::FunctionLogLine;
use connectors::Connectors;

/// Hands out the lines that the connectors keep.
pub struct FunctionLogs(pub Connectors);

impl api::FunctionLogs for FunctionLogs {
    fn of(&self, execution_arn: &str) -> Vec<FunctionLogLine> {
        let lines = self.0.execution_logs(execution_arn).into_iter();
        lines
            .map(|line| FunctionLogLine {
                function: line.function,
                request_id: line.request_id,
                state_name: line.state_name,
                time: line.time,
                text: line.text,
            })
            .collect()
    }
}
