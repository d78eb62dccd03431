package dev.meseta.manager.flows.internal;

import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.AccessColumns;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.shared.query.ListFields;
import dev.meseta.manager.shared.query.SqlFilter;
import java.util.HashMap;
import java.util.Map;

/**
 * What the actor sees of conversations, as SQL about the joins below: which, and which ends with their VMs. What is not shown
 * cannot be searched for either.
 */
final class FlowSight {

    /** To be joined to {@code flow_conversation c}. */
    static final String JOINS = """
             LEFT JOIN vm cv ON cv.id = c.client_vm_id LEFT JOIN flow_vm cg ON cg.id = c.client_vm_id
            LEFT JOIN vm sv ON sv.id = c.server_vm_id LEFT JOIN flow_vm sg ON sg.id = c.server_vm_id
            LEFT JOIN network n ON n.id = c.network_id""";

    private static final AccessColumns CLIENT =
            AccessColumns.vms("c.client_vm_id", "coalesce(cv.cluster_id, cg.cluster_id)", "coalesce(cv.tags, '{}')");
    private static final AccessColumns SERVER =
            AccessColumns.vms("c.server_vm_id", "coalesce(sv.cluster_id, sg.cluster_id)", "coalesce(sv.tags, '{}')");

    private final Map<String, Object> parameters = new HashMap<>();
    private final String clientFlows;
    private final String serverFlows;
    private final String clientShown;
    private final String serverShown;

    FlowSight(Access access) {
        clientFlows = condition(access.visible(Permission.FLOW_READ, CLIENT), "clientFlow");
        serverFlows = condition(access.visible(Permission.FLOW_READ, SERVER), "serverFlow");
        clientShown =
                "(%s OR %s)".formatted(clientFlows, condition(access.visible(Permission.VM_READ, CLIENT), "clientVm"));
        serverShown =
                "(%s OR %s)".formatted(serverFlows, condition(access.visible(Permission.VM_READ, SERVER), "serverVm"));
    }

    /** Filters name their parameters alike. */
    private String condition(SqlFilter filter, String prefix) {
        filter.parameters().forEach((name, value) -> parameters.put(prefix + name, value));
        String condition = filter.condition();
        for (String name : filter.parameters().keySet()) {
            condition = condition.replaceAll(":" + name + "\\b", ":" + prefix + name);
        }
        return condition.isEmpty() ? "TRUE" : "(" + condition + ")";
    }

    /**
     * Those conversations that are shown at all.
     *
     * @param ofVm only of the VM {@code :rangeVm}: it must be one that is told, or asking would tell who it is
     */
    SqlFilter visible(boolean ofVm) {
        String visible = "(%s OR %s)".formatted(clientFlows, serverFlows);
        return new SqlFilter(
                ofVm
                        ? "%s AND ((%s AND c.client_vm_id = :rangeVm) OR (%s AND c.server_vm_id = :rangeVm))"
                                .formatted(visible, clientShown, serverShown)
                        : visible,
                parameters);
    }

    /** Whether the traffic of the VM at that end may be seen. */
    String flowsOf(boolean client) {
        return client ? clientFlows : serverFlows;
    }

    /** Whether the VM at that end is told. */
    String shown(boolean client) {
        return client ? clientShown : serverShown;
    }

    String kind(boolean client) {
        return client
                ? "CASE WHEN c.client_vm_id IS NULL THEN 'OUTSIDE' ELSE 'VM' END"
                : "CASE WHEN c.server_vm_id IS NOT NULL THEN 'VM' WHEN c.direction = 'BROADCAST' THEN 'GROUP' ELSE 'OUTSIDE' END";
    }

    String vm(boolean client) {
        return "CASE WHEN %s THEN c.%s_vm_id END".formatted(shown(client), end(client));
    }

    String name(boolean client) {
        return "CASE WHEN %1$s THEN coalesce(%2$sv.name, %2$sg.name) END".formatted(shown(client), letter(client));
    }

    String deleted(boolean client) {
        return "(%s AND c.%s_vm_id IS NOT NULL AND %sv.id IS NULL)"
                .formatted(shown(client), end(client), letter(client));
    }

    static String address(boolean client) {
        return "coalesce(host(c.%1$s_address), CAST(c.%1$s_mac AS text))".formatted(end(client));
    }

    /** The first of its tags; null: none, or no VM that is shown. */
    String tag(boolean client) {
        return "CASE WHEN %s THEN (SELECT min(tag) FROM unnest(%sv.tags) AS tag) END"
                .formatted(shown(client), letter(client));
    }

    /** All columns that {@link FlowResults#end} reads. */
    String ends() {
        return end("client", true) + ", " + end("server", false);
    }

    private String end(String prefix, boolean client) {
        return "%2$s AS %1$s_kind, %3$s AS %1$s_vm, %4$s AS %1$s_name, coalesce(%5$s, false) AS %1$s_deleted, %6$s AS %1$s_address"
                .formatted(prefix, kind(client), vm(client), name(client), deleted(client), address(client));
    }

    private static String end(boolean client) {
        return client ? "client" : "server";
    }

    private static String letter(boolean client) {
        return client ? "c" : "s";
    }

    /** What conversations can be searched by. */
    ListFields.Builder fields(String defaultSort) {
        return ListFields.builder("c.id", ListFields.Type.ID, defaultSort)
                .freeText(name(true))
                .freeText(name(false))
                .freeText(address(true))
                .freeText(address(false))
                .term("vm", name(true), name(false))
                .term("client", name(true), address(true))
                .term("server", name(false), address(false))
                .term("address", address(true), address(false))
                .term("network", "n.name")
                .code("protocol", "c.protocol_name")
                .term("port", "CAST(c.server_port AS text)")
                .code("direction", "c.direction");
    }
}
