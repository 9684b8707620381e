"""A real sandbox process for tests: `async with running_sandbox(tmp_path) as sandbox: …`."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientTimeout, FormData

REPOSITORY = Path(__file__).parents[2]
TOKEN = "700100200:test-token-of-the-sandbox"
Json = dict[str, Any]


class Nothing(Exception):
    """What was waited for did not come in time."""


@dataclass(slots=True)
class RunningSandbox:
    """The process by its address, and every control endpoint as a method; all answers are plain JSON."""

    url: str
    token: str
    ledger_file: Path
    session: ClientSession
    process: asyncio.subprocess.Process

    @property
    def base_url(self) -> str:
        """What python-telegram-bot calls base_url; its base_file_url is `base_file_url`."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.url}/file/bot"

    async def call(self, method: str, files: dict[str, bytes] | None = None, **params: Any) -> Json:
        """A Bot API request as a bot makes it (JSON, or multipart with files); the whole answer."""
        address = f"{self.url}/bot{self.token}/{method}"
        if files:
            form = FormData(
                {name: value if isinstance(value, str) else json.dumps(value) for name, value in params.items()}
            )
            for name, content in files.items():
                form.add_field(name, content, filename=f"{name}.bin")
            sending = self.session.post(address, data=form)
        else:
            sending = self.session.post(address, json=params)
        async with sending as response:
            answer: Json = await response.json()
            return answer

    async def refusal(self, method: str, **params: Any) -> str:
        """The description of a request that must be refused."""
        answer = await self.call(method, **params)
        assert answer["ok"] is False, answer
        return str(answer["description"])

    async def result(self, method: str, **params: Any) -> Any:
        """The result of a request that must be accepted."""
        answer = await self.call(method, **params)
        assert answer["ok"] is True, answer
        return answer["result"]

    async def post(self, path: str, **body: Any) -> Any:
        return await self._control("POST", path, json=body)

    async def get(self, path: str, **query: Any) -> Any:
        return await self._control("GET", path, params={name: str(value) for name, value in query.items()})

    async def world(self) -> Json:
        return await self.get("world")  # type: ignore[no-any-return]

    async def add_user(self, first_name: str, **more: Any) -> Json:
        return await self.post("users", first_name=first_name, **more)  # type: ignore[no-any-return]

    async def add_chat(self, type: str, title: str, **more: Any) -> Json:
        return await self.post("chats", type=type, title=title, **more)  # type: ignore[no-any-return]

    async def set_member(self, chat_id: int, user_id: int, status: str, **more: Any) -> Json:
        return await self.post("members", chat_id=chat_id, user_id=user_id, status=status, **more)  # type: ignore[no-any-return]

    async def say(self, chat_id: int, user_id: int, text: str | None = None, **more: Any) -> Json:
        said = {} if text is None else {"text": text}
        return await self.post("say", chat_id=chat_id, user_id=user_id, **said, **more)  # type: ignore[no-any-return]

    async def press(self, chat_id: int, user_id: int, message_id: int, data: str, answer_within: float = 5) -> Json:
        body = {"chat_id": chat_id, "user_id": user_id, "message_id": message_id, "data": data}
        return await self.post("press", **body, answer_within=answer_within)  # type: ignore[no-any-return]

    async def inline(self, user_id: int, query: str, **more: Any) -> Json:
        return await self.post("inline", user_id=user_id, query=query, **more)  # type: ignore[no-any-return]

    async def choose(self, user_id: int, chat_id: int, inline_query_id: str, result_id: str) -> Json:
        body = {"user_id": user_id, "chat_id": chat_id, "inline_query_id": inline_query_id, "result_id": result_id}
        return await self.post("choose", **body)  # type: ignore[no-any-return]

    async def block(self, chat_id: int, blocked: bool = True) -> Json:
        return await self.post("block", chat_id=chat_id, blocked=blocked)  # type: ignore[no-any-return]

    async def migrate(self, chat_id: int, **more: Any) -> int:
        return int((await self.post("migrate", chat_id=chat_id, **more))["chat_id"])

    async def messages(self, chat_id: int, after: int = 0) -> list[Json]:
        """The chat as a person sees it: edits applied, deleted messages left out."""
        return (await self.get("messages", chat_id=chat_id, after=after))["messages"]  # type: ignore[no-any-return]

    async def ledger(self, after: int = 0) -> list[Json]:
        """The accepted messages, without the first `after` of them."""
        return await self.get("ledger", after=after)  # type: ignore[no-any-return]

    async def requests(self) -> list[Json]:
        return await self.get("requests")  # type: ignore[no-any-return]

    async def pending(self) -> int:
        return int((await self.get("updates"))["pending"])

    async def inject(self, **update: Any) -> int:
        """An update of any shape; its id."""
        return int((await self.post("updates", **update))["update_id"])

    async def fault(self, kind: str, **more: Any) -> int:
        return int((await self.post("faults", kind=kind, **more))["id"])

    async def faults(self) -> list[Json]:
        return await self.get("faults")  # type: ignore[no-any-return]

    async def clear_faults(self) -> None:
        await self._control("DELETE", "faults")

    async def limits(self, mode: str, **more: Any) -> Json:
        return await self.post("limits", mode=mode, **more)  # type: ignore[no-any-return]

    async def refused(self) -> int:
        """How many requests the limits have refused."""
        return int((await self.get("limits"))["refused"])

    async def put_clock(self, now: float) -> None:
        """The sandbox's clock stands at this time from now on."""
        await self.post("clock", now=now)

    async def revoke(self, token: str) -> None:
        """The bot has another token from now on; the old one is refused, also here."""
        await self.post("token", token=token)
        self.token = token

    async def delay(self, seconds: float) -> None:
        """Every answer of the Bot API comes so late from now on."""
        await self.post("delay", seconds=seconds)

    async def wait_for(
        self,
        chat_id: int,
        wanted: Callable[[Json], bool],
        *,
        after: int = 0,
        timeout: float = 30,  # noqa: ASYNC109
    ) -> Json:
        """The first message for which `wanted` holds, new or edited; raises Nothing with what was there instead."""
        seen: list[Json] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while True:
                    now = await self.get("messages", chat_id=chat_id, after=after)
                    seen = now["messages"]
                    if found := next((message for message in seen if wanted(message)), None):
                        return found
                    await self.get("events", revision=now["revision"], timeout=5)
        raise Nothing(f"in {timeout} s, in chat {chat_id} after {after}: {[m.get('text') or list(m) for m in seen]}")

    async def wait_for_message(
        self,
        chat_id: int,
        *,
        after: int = 0,
        timeout: float = 30,  # noqa: ASYNC109
    ) -> Json:
        """The first message of the bot after another; raises Nothing."""
        return await self.wait_for(chat_id, _is_by_bot, after=after, timeout=timeout)

    async def _control(self, verb: str, path: str, **request: Any) -> Any:
        async with self.session.request(verb, f"{self.url}/sandbox/{path}", **request) as response:
            answer = await response.json()
            if response.status != 200:
                raise ValueError(answer["error"])
            return answer


def _is_by_bot(message: Json) -> bool:
    return bool(message.get("from", {}).get("is_bot")) or "sender_chat" in message


@asynccontextmanager
async def running_sandbox(folder: Path, *options: str, token: str = TOKEN) -> AsyncIterator[RunningSandbox]:
    """Start a sandbox of one's own, its ledger in the folder; options as of `python -m sandbox`.

    It does not slow a bot that repeats itself, unless `--hold 3` asks for what Telegram does.
    """
    ledger = folder / "ledger.jsonl"
    arguments = ["-m", "sandbox", "--port", "0", "--token", token, "--ledger", str(ledger), "--hold", "0", *options]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        ready = json.loads(await asyncio.wait_for(process.stdout.readline(), 20))
        async with ClientSession(timeout=ClientTimeout(total=60)) as session:
            yield RunningSandbox(ready["url"], token, ledger, session, process)
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
