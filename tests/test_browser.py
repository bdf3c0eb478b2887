"""The browser that the tests of pages use is a real one."""

from axe_playwright_python.sync_playwright import Axe


def test_a_page_is_drawn_and_its_scripts_run(page):
    page.set_content("<p id=a>old</p><script>document.querySelector('#a').textContent = 'new'</script>")
    assert page.locator("#a").inner_text() == "new"
    assert page.evaluate("MediaSource.isTypeSupported('video/mp4; codecs=\"avc1.42c01e\"')")


def test_axe_finds_what_is_wrong_in_it(page):
    page.set_content("<html lang=en><title>a</title><main><h1>a</h1><img src='data:,'></main>")
    assert [fault["id"] for fault in Axe().run(page).response["violations"]] == ["image-alt"]
