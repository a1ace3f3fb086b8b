//! A headless Chromium, driven by the Chrome DevTools Protocol over a pipe: messages are JSON, each ended by a zero byte.
//! Nothing is installed for it, and no port is opened.

use anyhow::{Context, anyhow, bail};
use camino::Utf8Path;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Reads from file 3 and writes to file 4, as `--remote-debugging-pipe` asks for; what it says otherwise is of no interest.
const START: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#;
/// Nothing is asked of the network, and nothing is kept; as root, there is no sandbox to be had.
const FLAGS: [&str; 11] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
    "about:blank",
];

/// How a page is looked at.
pub(super) struct Window {
    pub(super) width: u32,
    pub(super) height: u32,
    /// `light` or `dark`.
    pub(super) scheme: &'static str,
}

/// A running browser.
pub(super) struct Browser {
    child: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    last: u64,
}

impl Browser {
    /// Starts one, with a new profile in a folder that is made.
    ///
    /// # Errors
    /// It cannot be started.
    pub(super) fn start(program: &str, profile: &Utf8Path) -> anyhow::Result<Browser> {
        let mut child = Command::new("sh")
            .args(["-c", START, program])
            .arg(format!("--user-data-dir={profile}"))
            .args(FLAGS)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("could not start {program}"))?;
        let to = child.stdin.take().context("standard input is a pipe")?;
        let mut answers = BufReader::new(child.stdout.take().context("standard output is a pipe")?);
        let (sender, from) = channel();
        std::thread::spawn(move || {
            let mut message = Vec::new();
            while answers.read_until(0, &mut message).is_ok_and(|count| count > 0) {
                let value = serde_json::from_slice(message.strip_suffix(&[0]).unwrap_or(&message));
                if value.ok().and_then(|value: Value| sender.send(value).ok()).is_none() {
                    break;
                }
                message.clear();
            }
        });
        Ok(Browser { child, to, from, last: 0 })
    }

    /// Opens a page in a window of its own and gives the text that `look` comes to there, and what was strange: messages on
    /// the console, errors, and requests for anything but the page itself.
    ///
    /// # Errors
    /// The browser does not answer, or not what was asked for.
    pub(super) fn look(
        &mut self,
        page: &Utf8Path,
        window: &Window,
        look: &str,
    ) -> anyhow::Result<(String, Vec<String>)> {
        let url = format!("file://{page}");
        let mut events = Vec::new();
        let target = self.ask(None, "Target.createTarget", json!({ "url": "about:blank" }), &mut events)?;
        let target = json!({ "targetId": target["targetId"], "flatten": true });
        let session = self.ask(None, "Target.attachToTarget", target.clone(), &mut events)?;
        let session = session["sessionId"].as_str().context("a session has an id")?.to_owned();
        let size = json!({ "width": window.width, "height": window.height, "deviceScaleFactor": 1, "mobile": false });
        let scheme = json!({ "features": [{ "name": "prefers-color-scheme", "value": window.scheme }] });
        for (method, parameters) in [
            ("Page.enable", json!({})),
            ("Runtime.enable", json!({})),
            ("Log.enable", json!({})),
            ("Network.enable", json!({})),
            ("Emulation.setDeviceMetricsOverride", size),
            ("Emulation.setEmulatedMedia", scheme),
            ("Page.navigate", json!({ "url": url })),
        ] {
            self.ask(Some(&session), method, parameters, &mut events)?;
        }
        while !events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let event = self.receive()?;
            events.push(event);
        }
        let wanted = json!({ "expression": look, "returnByValue": true });
        let answer = self.ask(Some(&session), "Runtime.evaluate", wanted, &mut events)?;
        let text =
            answer["result"]["value"].as_str().with_context(|| format!("the page was not looked at: {answer}"))?;
        self.ask(None, "Target.closeTarget", json!({ "targetId": target["targetId"] }), &mut events)?;
        Ok((text.to_owned(), events.iter().filter_map(|event| strange(event, &url)).collect()))
    }

    /// Sends a command and waits for its answer; events that come meanwhile are kept.
    fn ask(
        &mut self,
        session: Option<&str>,
        method: &str,
        parameters: Value,
        events: &mut Vec<Value>,
    ) -> anyhow::Result<Value> {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        self.to.write_all(&[message.to_string().as_bytes(), b"\0"].concat()).context("the browser is gone")?;
        self.to.flush()?;
        loop {
            let mut answer = self.receive().with_context(|| format!("waiting for {method}"))?;
            if answer["id"] != self.last {
                events.push(answer);
            } else if answer["error"].is_null() {
                return Ok(answer["result"].take());
            } else {
                bail!("the browser refused {method}: {}", answer["error"]);
            }
        }
    }

    fn receive(&self) -> anyhow::Result<Value> {
        self.from.recv_timeout(PATIENCE).map_err(|_| anyhow!("the browser does not answer"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.ask(None, "Browser.close", json!({}), &mut Vec::new());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What an event tells that should not have happened.
fn strange(event: &Value, page: &str) -> Option<String> {
    let told = &event["params"];
    match event["method"].as_str()? {
        "Runtime.consoleAPICalled" => Some(format!("the console says {}", told["args"])),
        "Runtime.exceptionThrown" => Some(format!("a script failed: {}", told["exceptionDetails"]["text"])),
        "Log.entryAdded" => Some(format!("the browser says {}", told["entry"]["text"])),
        "Network.requestWillBeSent" => {
            let url = told["request"]["url"].as_str().unwrap_or_default();
            (url != page && !url.starts_with("data:")).then(|| format!("it asks for {url}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::strange;
    use serde_json::json;

    #[test]
    fn nothing_but_the_page_and_what_it_holds_may_be_asked_for() {
        let asks = |url: &str| {
            strange(
                &json!({ "method": "Network.requestWillBeSent", "params": { "request": { "url": url } } }),
                "file:///p",
            )
        };
        assert_eq!((asks("file:///p"), asks("data:image/png;base64,AA")), (None, None));
        assert_eq!(asks("file:///q").as_deref(), Some("it asks for file:///q"));
        let said = json!({ "method": "Log.entryAdded", "params": { "entry": { "text": "refused" } } });
        assert_eq!(strange(&said, "file:///p").as_deref(), Some("the browser says \"refused\""));
        assert_eq!(strange(&json!({ "method": "Page.loadEventFired" }), "file:///p"), None);
    }
}
