package dev.meseta.manager.flows.web;

import dev.meseta.manager.flows.FlowQuery;
import dev.meseta.manager.flows.Flows;
import dev.meseta.manager.flows.Flows.Cell;
import dev.meseta.manager.flows.Flows.FlowPage;
import dev.meseta.manager.flows.Flows.FlowRanking;
import dev.meseta.manager.flows.Flows.FlowTimeline;
import dev.meseta.manager.flows.Flows.Grouping;
import dev.meseta.manager.flows.Flows.HostLosses;
import dev.meseta.manager.flows.Flows.NewConversation;
import dev.meseta.manager.flows.Flows.Talker;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.shared.web.ListParameters;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Traffic between VMs: what was seen of it, and what was not. */
@RestController
@RequestMapping(Api.BASE + "/flows")
@Tag(name = "Flows")
class FlowController {

    private static final String JSON_LINES = "application/x-ndjson";
    private static final String RANGE =
            "By minute up to six hours, by hour up to 14 days, otherwise by day; without from and to"
                    + " it is the last hour. Everything is counted once, however many vNICs saw it.";
    private static final String SEARCH =
            "Words, or vm:, client:, server:, address:, network:, protocol:, port: or direction: with a value";

    private final Flows flows;
    private final JsonMapper json;

    FlowController(Flows flows, JsonMapper json) {
        this.flows = flows;
        this.json = json;
    }

    @Operation(
            operationId = "listFlows",
            summary = "Conversations of a range",
            description =
                    RANGE + " Sorted by bytes, firstSeen or lastSeen; a next page wants the from and to that came with"
                            + " the first.")
    @RequiresPermission(Permission.FLOW_READ)
    @GetMapping
    FlowPage list(
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            @Parameter(description = "Only of this VM") @RequestParam(required = false) @Nullable UUID vmId,
            ListParameters list) {
        return flows.conversations(new FlowQuery(from, to, "", vmId), list.request());
    }

    @Operation(operationId = "topTalkers", summary = "VMs with the most traffic in a range", description = RANGE)
    @RequiresPermission(Permission.FLOW_READ)
    @GetMapping("/top-talkers")
    FlowRanking<Talker> topTalkers(
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            @Parameter(description = SEARCH) @RequestParam(required = false) @Nullable String q,
            @Parameter(description = "1 to 1000") @RequestParam(defaultValue = "20") int limit) {
        return flows.topTalkers(query(from, to, q, null), limit);
    }

    @Operation(
            operationId = "flowMatrix",
            summary = "Sums by client and server of a range",
            description = RANGE + " What is outside, and VMs that the caller may not see, are one each.")
    @RequiresPermission(Permission.FLOW_READ)
    @GetMapping("/matrix")
    FlowRanking<Cell> matrix(
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            @Parameter(description = SEARCH) @RequestParam(required = false) @Nullable String q,
            @Parameter(description = "VMs one by one, or together by the first of their tags")
                    @RequestParam(defaultValue = "VM")
                    Grouping groupBy,
            @Parameter(description = "1 to 1000") @RequestParam(defaultValue = "200") int limit) {
        return flows.matrix(query(from, to, q, null), groupBy, limit);
    }

    @Operation(operationId = "flowTimeline", summary = "Sums over time", description = RANGE)
    @RequiresPermission(Permission.FLOW_READ)
    @GetMapping("/timeline")
    FlowTimeline timeline(
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            @Parameter(description = "Only of this VM") @RequestParam(required = false) @Nullable UUID vmId,
            @Parameter(description = SEARCH) @RequestParam(required = false) @Nullable String q) {
        return flows.timeline(query(from, to, q, vmId));
    }

    @Operation(
            operationId = "newFlows",
            summary = "Who has begun to talk to whom since some moment",
            description =
                    "Conversations of pairs of client and server that were not seen before as far back as anything is"
                            + " kept, newest first.")
    @RequiresPermission(Permission.FLOW_READ)
    @GetMapping("/new-since")
    Page<NewConversation> newSince(@RequestParam Instant since, ListParameters list) {
        return flows.newSince(since, list.request());
    }

    @Operation(
            operationId = "flowLosses",
            summary = "How complete the flows of each host are",
            description =
                    "What counts them, how much came and how much is missing; of the last day without from and to, by whole"
                            + " hours.")
    @RequiresPermission(Permission.FLOW_READ)
    @GetMapping("/losses")
    List<HostLosses> losses(
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to) {
        return flows.losses(from, to);
    }

    @Operation(
            operationId = "exportFlows",
            summary = "Conversations of a range, a JSON object a line",
            description = RANGE + " In no order. That it was exported is in the audit log.")
    @ApiResponse(responseCode = "200", content = @Content(mediaType = JSON_LINES, schema = @Schema(type = "string")))
    @RequiresPermission(Permission.FLOW_READ)
    @GetMapping("/export")
    void export(
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            @Parameter(description = "Only of this VM") @RequestParam(required = false) @Nullable UUID vmId,
            @Parameter(description = SEARCH) @RequestParam(required = false) @Nullable String q,
            HttpServletResponse response)
            throws IOException {
        response.setContentType(JSON_LINES);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        // Closed only when all is well: what is refused before the first line is answered like any other request.
        OutputStream out = new BufferedOutputStream(response.getOutputStream());
        try {
            flows.export(query(from, to, q, vmId), conversation -> line(out, json.writeValueAsString(conversation)));
            out.close();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    static FlowQuery query(@Nullable Instant from, @Nullable Instant to, @Nullable String q, @Nullable UUID vmId) {
        // As lists check it.
        return new FlowQuery(
                from, to, new ListParameters(q, null, null, null).request().q(), vmId);
    }

    private static void line(OutputStream out, String line) {
        try {
            out.write(line.getBytes(StandardCharsets.UTF_8));
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
