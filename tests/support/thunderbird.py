# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Thunderbird without a screen, with a profile of its own: it is told by its Marionette what to
do, in the context of its own window.

    with Thunderbird(folder) as reader:
        reader.take_openpgp_key(armoured)
        reader.open(letter)  # {"subject": "...", "body": "..."}
"""

import itertools
import json
import os
import shutil
import socket
import subprocess

from process import Program

PROGRAM = "/usr/bin/thunderbird"
# Below those that the kernel gives to others while it starts; each test has a network of its own.
PORTS = itertools.count(2828)
PREFERENCES = """\
user_pref("marionette.port", {port});
user_pref("app.update.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("mail.provider.suppress_dialog_on_startup", true);
user_pref("mail.rights.version", 1);
user_pref("mail.shell.checkDefaultClient", false);
user_pref("mail.spotlight.firstRunDone", true);
user_pref("mail.winsearch.firstRunDone", true);
user_pref("mailnews.start_page.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("toolkit.telemetry.enabled", false);
"""
IMPORT_KEY = """
const [block, done] = arguments;
(async () => {
  const { BondOpenPGP } = ChromeUtils.importESModule("chrome://openpgp/content/BondOpenPGP.sys.mjs");
  const { RNP } = ChromeUtils.importESModule("chrome://openpgp/content/modules/RNP.sys.mjs");
  await BondOpenPGP.init();
  const result = await RNP.importSecKeyBlockImpl(window, null, false, block);
  done(result.exitCode);
})().catch(error => done(String(error)));
"""
# An identity that sends through @host, and the password that it would have been asked for.
ADD_ACCOUNT = """
const [host, port, user, password, address, done] = arguments;
(async () => {
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  const server = MailServices.outgoingServer.createServer("smtp");
  const smtp = server.QueryInterface(Ci.nsISmtpServer);
  smtp.hostname = host;
  smtp.port = port;
  server.username = user;
  server.authMethod = Ci.nsMsgAuthMethod.passwordCleartext;
  server.socketType = Ci.nsMsgSocketType.SSL;
  MailServices.outgoingServer.defaultServer = server;
  const identity = MailServices.accounts.createIdentity();
  identity.email = address;
  identity.smtpServerKey = server.key;
  identity.doFcc = false;
  identity.composeHtml = false;
  const account = MailServices.accounts.createAccount();
  account.incomingServer = MailServices.accounts.createIncomingServer("nobody", `Practice-${server.key}`, "none");
  account.addIdentity(identity);
  const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
  login.init(`smtp://${host}`, null, `smtp://${host}`, user, password, "", "");
  await Services.logins.addLoginAsync(login);
  done(identity.key);
})().catch(error => done({ error: String(error) }));
"""
# A real compose window, and its own Send.
SEND = """
const [identity, to, cc, bcc, subject, body, attachment, done] = arguments;
(async () => {
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  const make = (name, type) => Cc[`@mozilla.org/messengercompose/${name};1`].createInstance(type);
  const fields = make("composefields", Ci.nsIMsgCompFields);
  fields.to = to;
  fields.cc = cc;
  fields.bcc = bcc;
  fields.subject = subject;
  fields.body = body;
  const file = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
  file.initWithPath(attachment);
  const part = make("attachment", Ci.nsIMsgAttachment);
  part.url = Services.io.newFileURI(file).spec;
  part.name = file.leafName;
  fields.addAttachment(part);
  const params = make("composeparams", Ci.nsIMsgComposeParams);
  params.composeFields = fields;
  params.identity = MailServices.accounts.getIdentity(identity);
  params.type = Ci.nsIMsgCompType.New;
  params.format = Ci.nsIMsgCompFormat.PlainText;
  const opened = new Promise(resolve => {
    Services.ww.registerNotification(function seen(win, topic) {
      if (topic != "domwindowopened") return;
      Services.ww.unregisterNotification(seen);
      win.addEventListener("compose-editor-ready", () => resolve(win), { once: true });
    });
  });
  MailServices.compose.OpenComposeWindowWithParams(null, params);
  const win = await opened;
  const gone = new Promise(resolve => win.addEventListener("unload", () => resolve("")));
  const said = new Promise(resolve => Services.obs.addObserver(function seen(dialog) {
    Services.obs.removeObserver(seen, "common-dialog-loaded");
    dialog.addEventListener("unload", () => resolve(text));
    const text = dialog.document.getElementById("infoBody").textContent;
    dialog.setTimeout(() => dialog.document.getElementById("commonDialog").acceptDialog(), 0);
  }, "common-dialog-loaded"));
  win.setTimeout(() => win.goDoCommand("cmd_sendNow"), 0);
  const text = await Promise.race([gone, said]);
  if (text) {
    win.gContentChanged = false;
    win.gMsgCompose.bodyModified = false;
    win.close();
  }
  done(text);
})().catch(error => done({ error: String(error) }));
"""
# As a reader sees it: in a tab, the text and the subject that stands above it.
OPEN = """
const [path, done] = arguments;
(async () => {
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  try {
    MailServices.accounts.localFoldersServer;
  } catch (error) {
    MailServices.accounts.createLocalMailAccount();
  }
  const root = MailServices.accounts.localFoldersServer.rootFolder;
  const name = "letter" + Date.now();
  root.createSubfolder(name, null);
  const folder = root.getChildNamed(name);
  const file = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
  file.initWithPath(path);
  await new Promise((resolve, reject) =>
    MailServices.copy.copyFileMessage(file, folder, null, false, 0, "", {
      QueryInterface: ChromeUtils.generateQI(["nsIMsgCopyServiceListener"]),
      onStartCopy() {}, onProgress() {}, setMessageKey() {}, getMessageId() { return null; },
      onStopCopy(status) { Components.isSuccessCode(status) ? resolve() : reject(status); },
    }, null));
  const header = [...folder.messages][0];
  const tab = document.getElementById("tabmail").openTab("mailMessageTab",
    { messageURI: folder.getUriForMsg(header), background: false });
  await new Promise(resolve =>
    tab.chromeBrowser.addEventListener("MsgLoaded", () => resolve(), { once: true }));
  const shown = tab.chromeBrowser.contentWindow;
  await new Promise(resolve => shown.setTimeout(resolve, 0));
  const attachments = shown.currentAttachments.map(each => each.name);
  done({ attachments, subject: shown.document.getElementById("expandedsubjectBox").textContent,
         body: shown.getMessagePaneBrowser().contentDocument.body.textContent });
})().catch(error => done({ error: String(error) }));
"""


class Thunderbird:
    """@display: on this screen; without one, headless."""

    def __init__(self, folder, display=None):
        self.folder = folder
        self.display = display
        self.profile = os.path.join(folder, "profile")
        self.store = "sql:" + self.profile
        os.makedirs(self.profile)
        self.settle()
        subprocess.run(["certutil", "-N", "-d", self.store, "--empty-password"], check=True)

    def settle(self):
        """What a profile needs to be driven."""
        self.port = next(PORTS)
        with open(os.path.join(self.profile, "user.js"), "w", encoding="ascii") as file:
            file.write(PREFERENCES.format(port=self.port))

    @staticmethod
    def is_there():
        return shutil.which(PROGRAM) is not None

    # -- before the start ---------------------------------------------------------------

    def trust(self, path):
        command = ["certutil", "-A", "-d", self.store, "-n", path, "-t", "C,C,", "-i", path]
        subprocess.run(command, check=True)

    def take_certificate(self, certificate):
        """With its key, as a user would restore a backup."""
        bundle = certificate.pkcs12("practice", name="thunderbird.p12")
        command = ["pk12util", "-d", self.store, "-i", bundle, "-W", "practice", "-K", ""]
        subprocess.run(command, check=True, capture_output=True)

    # -- life -----------------------------------------------------------------------------

    def __enter__(self):
        environment = {
            "PATH": "/usr/bin:/bin", "HOME": self.folder, "TMPDIR": self.folder,
            "XDG_RUNTIME_DIR": self.folder, "DBUS_SESSION_BUS_ADDRESS": "disabled:",
            "LC_ALL": "C.UTF-8", **({"DISPLAY": self.display} if self.display else {"MOZ_HEADLESS": "1"}),
        }  # fmt: skip
        self.program = Program(
            "thunderbird",
            [PROGRAM, "--no-remote", "--profile", self.profile, "--marionette",
             "--remote-allow-system-access"],
            os.path.join(self.folder, "thunderbird.log"), env=environment,
        )  # fmt: skip
        self.program.wait_port("127.0.0.1", self.port)
        self.connection = socket.create_connection(("127.0.0.1", self.port))
        self.stream = self.connection.makefile("rb")
        self.number = 0
        self._read()  # it says who it is
        self.command("WebDriver:NewSession", capabilities={})
        self.command("Marionette:SetContext", value="chrome")
        self.command("WebDriver:SetTimeouts", script=60000)
        return self

    def quit(self):
        """As a user does: it writes what it knows."""
        self.command("Marionette:Quit", flags=["eForceQuit"])
        self.program.wait_end()

    def __exit__(self, *_):
        self.stream.close()
        self.connection.close()
        self.program.stop()

    def _read(self):
        length = b""
        while not length.endswith(b":"):
            length += self.stream.read(1)
        return json.loads(self.stream.read(int(length[:-1])))

    def command(self, name, **parameters):
        self.number += 1
        words = json.dumps([0, self.number, name, parameters]).encode()
        self.connection.sendall(b"%d:%s" % (len(words), words))
        _, _, error, result = self._read()
        if error is not None:
            raise AssertionError(f"Thunderbird: {name}: {error['message']}")
        return result

    def run(self, script, *arguments):
        return self.command("WebDriver:ExecuteAsyncScript", script=script, args=list(arguments))["value"]

    def ask(self, script, *arguments):
        found = self.run(script, *arguments)
        if isinstance(found, dict) and "error" in found:
            raise AssertionError(f"Thunderbird: {found['error']}")
        return found

    # -- what a reader does ------------------------------------------------------------------

    def take_openpgp_key(self, block):
        answer = self.run(IMPORT_KEY, block)
        if answer != 0:
            raise AssertionError(f"Thunderbird does not take the key: {answer}")

    def open(self, letter):
        """What stands there: {"subject": "...", "body": "...", "attachments": [names]}"""
        path = os.path.join(self.folder, "letter.eml")
        with open(path, "wb") as file:
            file.write(letter)
        return self.ask(OPEN, path)

    # -- what a sender does ------------------------------------------------------------------

    def add_account(self, login, address, host="localhost", port=1465):
        self.identity = self.ask(ADD_ACCOUNT, host, port, login.username, login.password, address)

    def send(self, to, subject, body, attachment, cc="", bcc=""):
        """From its compose window. What it says that went wrong; "": the letter was taken."""
        return self.ask(SEND, self.identity, to, cc, bcc, subject, body, attachment)
