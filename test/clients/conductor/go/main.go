// Plays commands, one JSON a line, through the published Go client:
// driver <server url> <key id> <key secret> [seconds for which the client keeps a token, 1800 if not given].
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"time"

	"github.com/conductor-sdk/conductor-go/sdk/authentication"
	"github.com/conductor-sdk/conductor-go/sdk/client"
	"github.com/conductor-sdk/conductor-go/sdk/model"
	"github.com/conductor-sdk/conductor-go/sdk/model/integration"
	"github.com/conductor-sdk/conductor-go/sdk/settings"
)

type wish struct {
	Command     string
	Name        string
	Description string
	Template    string
	Models      []string
	Tags        []model.Tag
	Provider    json.RawMessage
	Model       string
	Prompt      string
	Variables   map[string]interface{}
}

type failure struct {
	Message string `json:"message"`
	Status  int    `json:"status"`
}

type answer struct {
	Result interface{} `json:"result"`
	Error  *failure    `json:"error,omitempty"`
}

func main() {
	connection := connect(os.Args[1:])
	prompts, integrations := client.NewPromptClient(connection), client.NewIntegrationClient(connection)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var asked wish
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			panic(err)
		}
		result, err := play(prompts, integrations, asked)
		if err := answers.Encode(answer{result, failed(err)}); err != nil {
			panic(err)
		}
	}
	if err := lines.Err(); err != nil {
		panic(err)
	}
}

func connect(arguments []string) *client.APIClient {
	keep := authentication.NewDefaultTokenExpiration()
	if len(arguments) > 3 {
		seconds, err := strconv.Atoi(arguments[3])
		if err != nil {
			panic(err)
		}
		keep = authentication.NewTokenExpiration(time.Duration(seconds)*time.Second, time.Hour)
	}
	return client.NewAPIClientWithTokenExpiration(
		settings.NewAuthenticationSettings(arguments[1], arguments[2]),
		settings.NewHttpSettings(arguments[0]+"/api"),
		keep,
	)
}

func play(prompts client.PromptClient, integrations client.IntegrationClient, asked wish) (interface{}, error) {
	ctx := context.Background()
	switch asked.Command {
	case "save":
		_, err := prompts.SaveMessageTemplate(ctx, asked.Template, asked.Description, asked.Name, optionsOf(asked))
		return nil, err
	case "get":
		found, _, err := prompts.GetMessageTemplate(ctx, asked.Name)
		return found, err
	case "list":
		found, _, err := prompts.GetMessageTemplates(ctx)
		return found, err
	case "delete":
		_, err := prompts.DeleteMessageTemplate(ctx, asked.Name)
		return nil, err
	case "tags":
		found, _, err := prompts.GetTagsForPromptTemplate(ctx, asked.Name)
		return found, err
	case "addTags":
		_, err := prompts.PutTagForPromptTemplate(ctx, asked.Tags, asked.Name)
		return nil, err
	case "deleteTags":
		_, err := prompts.DeleteTagForPromptTemplate(ctx, asked.Tags, asked.Name)
		return nil, err
	case "test":
		text, _, err := prompts.TestMessageTemplate(ctx, testOf(asked))
		return text, err
	}
	return nil, integrate(ctx, integrations, asked)
}

func integrate(ctx context.Context, integrations client.IntegrationClient, asked wish) error {
	switch asked.Command {
	case "saveProvider":
		var provider integration.IntegrationUpdate
		if err := json.Unmarshal(asked.Provider, &provider); err != nil {
			return err
		}
		_, err := integrations.SaveIntegrationProvider(ctx, provider, asked.Name)
		return err
	case "saveModel":
		details := integration.IntegrationApiUpdate{Enabled: true, Description: asked.Model}
		_, err := integrations.SaveIntegrationApi(ctx, details, asked.Name, asked.Model)
		return err
	}
	return errors.New("the Go client offers no " + asked.Command)
}

func optionsOf(asked wish) *client.PromptResourceApiSaveMessageTemplateOpts {
	return &client.PromptResourceApiSaveMessageTemplateOpts{Models: asked.Models}
}

func testOf(asked wish) model.PromptTemplateTestRequest {
	return model.PromptTemplateTestRequest{
		LlmProvider:     string(asked.provider()),
		Model:           asked.Model,
		Prompt:          asked.Prompt,
		PromptVariables: asked.Variables,
		Temperature:     0.1,
		TopP:            0.9,
	}
}

// The provider is an object where one is saved, a name where one is asked.
func (asked wish) provider() string {
	var name string
	if err := json.Unmarshal(asked.Provider, &name); err != nil {
		panic(err)
	}
	return name
}

func failed(err error) *failure {
	if err == nil {
		return nil
	}
	var refused client.GenericSwaggerError
	if errors.As(err, &refused) {
		return &failure{string(refused.Body()), refused.StatusCode()}
	}
	return &failure{Message: err.Error()}
}
