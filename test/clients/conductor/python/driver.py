"""Plays commands, one JSON a line, through the published Python client: driver.py <server url> <key id> <key secret>."""

import json
import sys

from conductor.client.configuration.configuration import Configuration
from conductor.client.configuration.settings.authentication_settings import AuthenticationSettings
from conductor.client.http.models.integration_api_update import IntegrationApiUpdate
from conductor.client.http.models.integration_update import IntegrationUpdate
from conductor.client.http.rest import ApiException
from conductor.client.orkes.models.metadata_tag import MetadataTag
from conductor.client.orkes.orkes_integration_client import OrkesIntegrationClient
from conductor.client.orkes.orkes_prompt_client import OrkesPromptClient

server_url, key_id, key_secret = sys.argv[1:]
settings = AuthenticationSettings(key_id=key_id, key_secret=key_secret)
configuration = Configuration(server_api_url=f"{server_url}/api", authentication_settings=settings)
prompts = OrkesPromptClient(configuration)
integrations = OrkesIntegrationClient(configuration)
JSON = {"Content-Type": "application/json"}


def send(method, path, response_type=None, body=None, query=None, **path_params):
    """What the prompt client has no method for, through the request layer that its methods use."""
    return prompts.api_client.call_api(
        path,
        method,
        path_params,
        list((query or {}).items()),
        dict(JSON),
        body=body,
        response_type=response_type,
        auth_settings=["api_key"],
        _return_http_data_only=True,
        collection_formats={"models": "multi"},
    )


def chosen(wish, *names):
    return {name: wish[name] for name in names if wish.get(name) is not None}


def save(wish):
    if "description" not in wish:
        return send("POST", "/prompts/{name}", body=wish["template"], name=wish["name"])
    options = chosen(wish, "models", "version")
    increment = wish.get("autoIncrement", False)
    return prompts.save_prompt(
        wish["name"], wish["description"], wish["template"], auto_increment=increment, **options
    )


def update(wish):
    query = chosen(wish, "description", "models", "version")
    return send("PUT", "/prompts/{name}", body=wish["template"], query=query, name=wish["name"])


def get(wish):
    if "version" not in wish:
        return prompts.get_prompt(wish["name"])
    query = chosen(wish, "version")
    return send("GET", "/prompts/{name}", "PromptTemplate", query=query, name=wish["name"])


def test(wish):
    return prompts.test_prompt(wish["prompt"], wish["variables"], wish["provider"], wish["model"], stop_words=[])


def tags_of(wish):
    return [MetadataTag(tag["key"], tag["value"]) for tag in wish["tags"]]


def save_provider(wish):
    return integrations.save_integration(wish["name"], IntegrationUpdate(**wish["provider"]))


def save_model(wish):
    details = IntegrationApiUpdate(enabled=True, description=wish["model"])
    return integrations.save_integration_api(wish["name"], wish["model"], details)


COMMANDS = {
    "save": save,
    "update": update,
    "bulk": lambda wish: send("POST", "/prompts/", body=wish["items"]),
    "get": get,
    "list": lambda _: prompts.get_prompts(),
    "versions": lambda wish: send("GET", "/prompts/{name}/versions", "list[PromptTemplate]", name=wish["name"]),
    "delete": lambda wish: prompts.delete_prompt(wish["name"]),
    "deleteVersion": lambda wish: send(
        "DELETE", "/prompts/{name}/versions/{version}", name=wish["name"], version=wish["version"]
    ),
    "tags": lambda wish: prompts.get_tags_for_prompt_template(wish["name"]),
    "addTags": lambda wish: prompts.update_tag_for_prompt_template(wish["name"], tags_of(wish)),
    "deleteTags": lambda wish: prompts.delete_tag_for_prompt_template(wish["name"], tags_of(wish)),
    "saveProvider": save_provider,
    "saveModel": save_model,
    "test": test,
}


def answer(wish):
    try:
        result = COMMANDS[wish.pop("command")](wish)
        return {"result": prompts.api_client.sanitize_for_serialization(result)}
    except ApiException as error:
        return {"error": {"message": error.message, "status": error.status}}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
