import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.netflix.conductor.client.exception.ConductorClientException;
import io.orkes.conductor.client.ApiClient;
import io.orkes.conductor.client.http.OrkesIntegrationClient;
import io.orkes.conductor.client.http.OrkesPromptClient;
import io.orkes.conductor.client.model.TagObject;
import io.orkes.conductor.client.model.integration.IntegrationApiUpdate;
import io.orkes.conductor.client.model.integration.IntegrationUpdate;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.conductoross.conductor.client.model.ai.PromptTemplate;

/** Plays commands, one JSON a line, through the published Java client: Driver <server url> <key id> <key secret>. */
public class Driver {
    private static final ObjectMapper JSON =
            new ObjectMapper().configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

    record Wish(
            String command, String name, String description, String template, List<String> models, Integer version,
            boolean autoIncrement, List<PromptTemplate> items, List<TagObject> tags, Object provider, String model,
            String prompt, Map<String, Object> variables) {}

    private final OrkesPromptClient prompts;
    private final OrkesIntegrationClient integrations;

    private Driver(ApiClient client) {
        prompts = new OrkesPromptClient(client);
        integrations = new OrkesIntegrationClient(client);
    }

    public static void main(String[] arguments) throws Exception {
        var driver = new Driver(new ApiClient(arguments[0] + "/api", arguments[1], arguments[2]));
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line; (line = lines.readLine()) != null; ) {
            answers.println(JSON.writeValueAsString(driver.answer(JSON.readValue(line, Wish.class))));
        }
        System.exit(0);
    }

    private Map<String, Object> answer(Wish wish) {
        var answer = new HashMap<String, Object>();
        try {
            answer.put("result", play(wish));
        } catch (ConductorClientException refused) {
            answer.put("error", Map.of("message", String.valueOf(refused.getMessage()), "status", refused.getStatus()));
        }
        return answer;
    }

    private Object play(Wish wish) {
        return switch (wish.command) {
            case "get" -> prompts.getPrompt(wish.name, wish.version);
            case "list" -> prompts.getPrompts();
            case "versions" -> prompts.getAllPromptVersions(wish.name);
            case "tags" -> prompts.getTagsForPromptTemplate(wish.name);
            case "test" -> prompts.testPrompt(
                    wish.prompt, wish.variables, (String) wish.provider, wish.model, 0.1f, 0.9f, List.of());
            default -> {
                change(wish);
                yield null;
            }
        };
    }

    private void change(Wish wish) {
        switch (wish.command) {
            case "save" -> prompts.savePrompt(
                    wish.name, wish.description, wish.template, wish.models, wish.version, wish.autoIncrement);
            case "update" -> prompts.updatePrompt(
                    wish.name, wish.version, wish.description, wish.template, wish.models);
            case "bulk" -> prompts.savePrompts(wish.items, false);
            case "delete" -> prompts.deletePrompt(wish.name);
            case "deleteVersion" -> prompts.deletePrompt(wish.name, wish.version);
            case "addTags" -> prompts.updateTagForPromptTemplate(wish.name, wish.tags);
            case "deleteTags" -> prompts.deleteTagForPromptTemplate(wish.name, wish.tags);
            case "saveProvider" -> integrations.saveIntegration(
                    wish.name, JSON.convertValue(wish.provider, IntegrationUpdate.class));
            case "saveModel" -> integrations.saveIntegrationApi(
                    wish.name, wish.model, IntegrationApiUpdate.builder().enabled(true).description(wish.model).build());
            default -> throw new IllegalArgumentException(wish.command);
        }
    }
}
