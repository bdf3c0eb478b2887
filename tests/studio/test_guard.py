"""Only the page that the preview opened itself can drive it, and only as far as it may."""

import asyncio

import pytest
from starlette.testclient import TestClient

from soakup.app.asked import Asked, Choices
from soakup.app.guard import LARGEST_BODY, names_of
from soakup.app.server import Server
from soakup.app.tabs import Tab
from soakup.app.work import Warm
from soakup.errors import StudioError
from soakup.scene_file import SceneFile

CHOICES = Choices({"layer-by-layer": "an idea", "values": "another"}, {"tiny": "a model"})


@pytest.fixture
def server():
    """A server whose jobs were never started: what comes through the guard fails later, and otherwise."""
    server = Server("127.0.0.1", 0, None, Warm())
    server.choices = CHOICES
    yield server
    server.socket.close()


@pytest.fixture
def client(server):
    return TestClient(server.app, base_url=f"http://127.0.0.1:{server.port}", raise_server_exceptions=False)


def test_its_own_page_gets_through(server, client):
    for path in ("", "page/main.js", "page/style.css", "font/cmunrm.ttf"):
        answer = client.get(f"/{server.token}/{path}", headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 200
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost.evil.example:80"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_others_are_refused(server, client, headers):
    for method, path in (("GET", ""), ("GET", "events"), ("POST", "x/show")):
        assert client.request(method, f"/{server.token}/{path}", headers=headers).status_code == 403


@pytest.mark.parametrize("path", ["/", "//", "/x/", "/page/main.js", "/{token}", "/{token}x/", "/%2e%2e/{token}/"])
def test_who_does_not_know_the_secret_is_refused(server, client, path):
    assert client.get(path.format(token=server.token)).status_code == 403


@pytest.mark.parametrize("name", ["../server.py", "..%2fserver.py", "%2e%2e/guard.py", "/etc/passwd", "none.js"])
def test_nothing_but_what_is_listed_is_read(server, client, name):
    for folder in ("page", "font", "x/film"):
        assert client.get(f"/{server.token}/{folder}/{name}").status_code in (403, 404, 422)


def test_bodies_are_limited(server, client):
    assert client.post(f"/{server.token}/x/show", content=b"x" * (LARGEST_BODY + 1)).status_code == 403


@pytest.mark.parametrize("what", ["tokens", "show", "render"])
def test_half_a_character_is_refused_in_one_sentence(server, client, what):
    server.tabs["x"] = Tab("x", server.warm)
    answer = client.post(f"/{server.token}/x/{what}", content=b'{"text": "A fox \\ud83e"}')
    assert answer.status_code == 422 and "half a character" in answer.json()["message"]


def test_every_server_has_a_secret_of_its_own(server):
    other = Server("127.0.0.1", 0, None, Warm())
    other.socket.close()
    assert other.token != server.token and len(server.token) >= 20


def test_a_port_that_is_taken_is_said_in_one_sentence(server):
    with pytest.raises(StudioError, match=f"cannot listen at 127.0.0.1, port {server.port}"):
        Server("127.0.0.1", server.port, None, Warm())


def test_listening_to_all_any_address_is_its_own_but_no_other_name():
    assert None in names_of("0.0.0.0") and None not in names_of("127.0.0.1")
    assert "evil.example" not in names_of("0.0.0.0")


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ({"text": ""}, "no sentence"),
        ({"text": 5}, "no sentence"),
        ({"text": "a" * 3000}, "3000 characters"),
        ({"text": "a", "scene": "mine.py:Evil"}, "no scene"),
        ({"text": "a", "scene": ["values"]}, "no scene"),
        ({"text": "a", "model": "/etc"}, "no model"),
        ({"text": "a", "theme": "pink"}, "no theme"),
        ({"text": "a", "quality": "h; rm"}, "no quality"),
        ({"text": "a", "layer": "1"}, "layer is a number"),
        ({"text": "a", "layer": True}, "layer is a number"),
        ({"text": "a", "word": {}}, "word to follow"),
    ],
)
def test_what_is_asked_is_held_against_what_there_is(page, message):
    with pytest.raises(StudioError, match=message):
        Asked.by(page, CHOICES)


def test_the_command_does_the_same_as_the_page():
    asked = Asked.by({"text": "it's a $HOME", "scene": "values", "layer": 2, "head": 1, "quality": "l"}, CHOICES)
    assert asked.command() == """soakup render 'it'"'"'s a $HOME' --scene values --layer 2 --head 1 -q l"""


def test_a_scene_file_runs_only_where_it_was_named_when_started(tmp_path):
    file = SceneFile(tmp_path / "mine.py", "Mine")
    named = Choices(CHOICES.scenes, CHOICES.models, file)
    assert Asked.by({}, named).scene == file
    with pytest.raises(StudioError, match="no scene"):
        Asked.by({"text": "a", "scene": f"{tmp_path}/other.py:Mine"}, named)


def test_the_process_that_draws_is_started_again_when_it_was_killed():
    async def twice() -> list[str]:
        kinds = []
        async with Warm() as warm:
            for _ in range(2):
                job = await warm.job("choices")
                async for kind, _about in job:
                    kinds.append(kind)
                    break
                job.close()
                assert warm._process
                warm._process.kill()
                await warm._process.wait()
        return kinds

    assert asyncio.run(twice()) == ["choices", "choices"]
