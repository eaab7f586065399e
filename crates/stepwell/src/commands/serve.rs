//! `stepwell serve`

use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use api::{App, LogGroups, Redrives, Settings, Watch};
use connectors::Connectors;
use runtime::{Runtime, SystemClock};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::env;
use crate::cli::Serve;
use crate::config::{self, DEFAULT_PORT, File};
use crate::deliveries::Deliveries;
use crate::function_logs::FunctionLogs;
use crate::integrations;
use crate::output;
use crate::server::{self, Place, Setup};

/// Serves until it is told to end.
pub fn run(args: &Serve) -> Result<ExitCode, String> {
    let file = File::read(&args.common)?;
    server::tokio()?.block_on(serve(args, &file))
}

async fn serve(args: &Serve, file: &File) -> Result<ExitCode, String> {
    // Before the address is said, so that whoever reads it may already send the signal.
    let ending = ending()?;
    let store = place(args, file).open()?;
    let listener = listen(args, file).await?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let url = format!("http://{address}");
    let connectors = server::connectors(file, file.mock_file(), Some(&own_url(address)))?;
    let watch = Watch::default();
    let deliveries = Deliveries::start(file, &connectors)?;
    let mut observers = deliveries.observers();
    observers.push(Arc::new(watch.clone()));
    let setup = Setup { store, strict: args.strict, connectors: connectors.clone(), observers };
    let runtime = Arc::new(server::start(file, setup)?);
    let region = config::region(&args.common, file);
    let account = config::account(&args.common, file)?;
    let names = file.server.names.iter().map(Into::into).collect();
    let settings = Settings { account, region: region.clone(), names, ..Settings::default() };
    let app = app(&runtime, &connectors, settings, watch, deliveries.log_groups());
    output::data(format_args!("listening on {url}"));
    for line in env::exports(&url, &region) {
        output::note(format_args!("  {line}"));
    }
    let failure = runtime.failure().clone();
    tokio::select! {
        () = api::serve(listener, app, ending) => {}
        error = failure.wait() => {
            return Err(format!("{error}. The server ends, since nothing more can be made durable"));
        }
    }
    let stopping = runtime.clone();
    let stopped = tokio::task::spawn_blocking(move || stopping.stop()).await;
    deliveries.close().await;
    connectors.close();
    stopped.map_err(|error| error.to_string())?;
    Ok(ExitCode::SUCCESS)
}

fn place(args: &Serve, file: &File) -> Place {
    if args.ephemeral {
        return Place::Memory;
    }
    let data = args.data.clone().or_else(|| file.data());
    Place::Directory(data.unwrap_or_else(|| PathBuf::from("data")))
}

async fn listen(args: &Serve, file: &File) -> Result<TcpListener, String> {
    let host = args.host.clone().or_else(|| file.server.host.clone());
    let host = host.unwrap_or_else(|| "127.0.0.1".to_owned());
    let port = args.port.or(file.server.port).unwrap_or(DEFAULT_PORT);
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = match bare.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => bare == "localhost",
    };
    if !is_loopback {
        output::warning(format_args!(
            "listening on {host}: any signature is accepted, so whoever reaches this address may do \
             everything"
        ));
    }
    TcpListener::bind((bare, port)).await.map_err(|error| {
        format!("cannot listen on {host}:{port}: {error}; `--port 0` takes a free port")
    })
}

/// The URL at which the server reaches itself.
fn own_url(address: std::net::SocketAddr) -> String {
    let port = address.port();
    match address.ip() {
        ip if ip.is_unspecified() => format!("http://127.0.0.1:{port}"),
        _ => format!("http://{address}"),
    }
}

fn app(
    runtime: &Arc<Runtime>,
    connectors: &Connectors,
    settings: Settings,
    watch: Watch,
    log_groups: Arc<dyn LogGroups>,
) -> Arc<App> {
    let executions = runtime.executions().clone();
    Arc::new(App {
        catalog: executions.catalog().clone(),
        executions,
        settings,
        clock: Arc::new(SystemClock),
        random: Box::new(runtime::random_bits),
        console: Some(console()),
        log_groups: Some(log_groups),
        function_logs: Some(Arc::new(FunctionLogs(connectors.clone()))),
        integrations: integrations::all(),
        sdk: Some(integrations::sdk()),
        watch,
        redrives: Redrives::default(),
        report: Arc::new(|message| output::error(message)),
    })
}

fn console() -> api::Console {
    api::Console {
        asset: |path, accept_encoding| {
            let asset = console::asset(path, accept_encoding)?;
            Some(api::Asset {
                content_type: asset.content_type,
                encoding: asset.encoding,
                cache_control: asset.cache_control(),
                etag: asset.etag,
                body: asset.body,
            })
        },
        security_headers: || console::security_headers(),
    }
}

/// Ready when the process is told to end.
fn ending() -> Result<impl Future<Output = ()>, String> {
    let listen = |kind| signal(kind).map_err(|error| format!("cannot listen for signals: {error}"));
    let mut terminate = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
