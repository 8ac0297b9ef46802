"""A real browser: log in, take an issue, send it to review, and let somebody else resolve it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from tests.bridge.running import Bridge
from tests.bridge.views.ui.browsing import PASSWORD, join
from tests.bridge.views.ui.sending import CALL, TRACE, denied, send, send_trace
from tests.conftest import absent

pytestmark = pytest.mark.browser
SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[webdriver.Chrome]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        absent("chromium", "apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = str(chromium)
    for switch in (*SWITCHES, f"--user-data-dir={tmp_path}", "--window-size=1280,900"):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    found = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(driver)))
    try:
        yield found
        told = [entry["message"] for entry in found.get_log("browser")]
        assert [text for text in told if "Content Security Policy" in text or "Uncaught" in text] == []
    finally:
        found.quit()


class Hand:
    """Short words for what a person does."""

    def __init__(self, browser: webdriver.Chrome, url: str) -> None:
        self.browser = browser
        self.url = url

    def one(self, css: str) -> webdriver.remote.webelement.WebElement:
        WebDriverWait(self.browser, 10).until(lambda driver: driver.find_elements(By.CSS_SELECTOR, css), css)
        return self.browser.find_element(By.CSS_SELECTOR, css)

    def sees(self, text: str) -> None:
        # Between finding the body and reading it the next page may come.
        waiting = WebDriverWait(self.browser, 10, ignored_exceptions=[StaleElementReferenceException])
        waiting.until(lambda driver: text in driver.find_element(By.TAG_NAME, "body").text, f"{text!r} does not appear")

    def log_in(self, email: str) -> None:
        self.browser.delete_all_cookies()
        self.browser.get(f"{self.url}/login")
        self.one("#email").send_keys(email)
        self.one("#password").send_keys(PASSWORD)
        self.one("main button.primary").click()
        self.sees("Inbox")

    def press(self, keys: str) -> None:
        self.one("body").send_keys(keys)


def test_from_login_to_resolved(bridge: Bridge, browser: webdriver.Chrome) -> None:
    dora, olga = join(bridge, "Dora", "dev"), join(bridge, "Olga", "ops")
    send(bridge, denied(), denied(order="1002"))
    hand = Hand(browser, bridge.url)

    hand.log_in(dora.email)
    hand.press("j")  # the keyboard: first row, open it
    assert browser.switch_to.active_element.get_attribute("class") == "name"
    hand.press("o")
    hand.sees("Nobody")
    main = hand.one("main")
    hand.one("button[value^='person:']").click()
    hand.sees("The issue is now: Assigned.")
    assert main == hand.one("main")  # htmx replaced its content, not the page
    assert browser.current_url.endswith("/issues/1")

    review = "form:has(input[value=in_review])"
    hand.one(f"{review} button").click()
    hand.sees("Please fill this in.")
    assert browser.current_url.endswith("/issues/1")  # a refused form is no address
    for name, kind in (("root_cause", "credential_expired"), ("fix", "credential_rotation")):
        Select(hand.one(f"{review} select[name='{name}.kind']")).select_by_value(kind)
        hand.one(f"{review} textarea[name='{name}.text']").send_keys(f"the {name} in words")
    hand.one(f"{review} button").click()
    hand.sees("The issue is now: In review.")
    hand.sees("Another person has to resolve it")

    hand.log_in(olga.email)
    browser.get(f"{bridge.url}/?view=in_review")
    hand.one("a.name").click()
    hand.one("form:has(input[value=resolved]) button").click()
    hand.sees("The issue is now: Resolved.")
    hand.sees("the fix in words")


def test_the_list_refreshes_by_itself_and_a_query_fault_is_shown(bridge: Bridge, browser: webdriver.Chrome) -> None:
    hand = Hand(browser, bridge.url)
    hand.log_in(join(bridge, "Dora", "dev").email)
    hand.sees("No issues yet")
    send(bridge, denied())
    browser.execute_script("document.querySelector('[data-live]').dispatchEvent(new Event('refresh'))")
    hand.sees("us-main.myshopify.com")
    hand.press("/")
    assert browser.switch_to.active_element.get_attribute("id") == "query"
    browser.switch_to.active_element.send_keys("platfrom:x\n")
    hand.sees('did you mean "platform"')
    assert "query=platfrom" in browser.current_url


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_the_window(bridge: Bridge, browser: webdriver.Chrome, width: int) -> None:
    record = denied(
        store="a-very-long-store-name-that-goes-on-and-on-for-ever.myshopify.com", trace_id=TRACE, span_id=CALL
    )
    send(bridge, record)
    send_trace(bridge, record.occurred_at)
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    hand = Hand(browser, bridge.url)
    hand.log_in(join(bridge, "Ana", "admin").email)
    for path in (
        "/",
        "/issues/1",
        "/issues/new",
        "/rules/new",
        "/channels/new",
        "/deliveries",
        "/people",
        "/account",
        "/rejects",
    ):
        browser.get(bridge.url + path)
        hand.one("h1")
        wide = browser.execute_script("return document.documentElement.scrollWidth")
        assert wide <= width, path
