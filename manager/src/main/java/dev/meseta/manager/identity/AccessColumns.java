package dev.meseta.manager.identity;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a list's rows say what their objects belong to: SQL expressions of ours, by kind.
 *
 * @param ids the object's own kind among them
 * @param tags expression of its tags (text[]); empty: it has none
 */
public record AccessColumns(Map<ObjectKind, String> ids, String tags) {

    public AccessColumns {
        ids = Map.copyOf(ids);
    }

    public static AccessColumns dataCenters(String id) {
        return new AccessColumns(Map.of(ObjectKind.DATA_CENTER, id), "");
    }

    public static AccessColumns clusters(String id, String dataCenterId) {
        return new AccessColumns(Map.of(ObjectKind.CLUSTER, id, ObjectKind.DATA_CENTER, dataCenterId), "");
    }

    public static AccessColumns hosts(String id, String clusterId) {
        return new AccessColumns(below(ObjectKind.HOST, id, ObjectKind.CLUSTER, clusterId), "");
    }

    public static AccessColumns vms(String id, String clusterId, String tags) {
        return new AccessColumns(below(ObjectKind.VM, id, ObjectKind.CLUSTER, clusterId), tags);
    }

    public static AccessColumns storageDomains(String id, String dataCenterId) {
        return new AccessColumns(below(ObjectKind.STORAGE_DOMAIN, id, ObjectKind.DATA_CENTER, dataCenterId), "");
    }

    public static AccessColumns images(String id, String storageDomainId) {
        return new AccessColumns(below(ObjectKind.IMAGE, id, ObjectKind.STORAGE_DOMAIN, storageDomainId), "");
    }

    public static AccessColumns networks(String id, String dataCenterId) {
        return new AccessColumns(below(ObjectKind.NETWORK, id, ObjectKind.DATA_CENTER, dataCenterId), "");
    }

    /** @param disk and the VM that it belongs to as well as to a storage domain: aliases of their tables */
    public static AccessColumns disks(String disk, String vm) {
        Map<ObjectKind, String> ids = below(ObjectKind.DISK, disk + ".id", ObjectKind.VM, disk + ".vm_id");
        ids.put(ObjectKind.STORAGE_DOMAIN, disk + ".storage_domain_id");
        ids.put(ObjectKind.CLUSTER, vm + ".cluster_id");
        return new AccessColumns(ids, vm + ".tags");
    }

    private static Map<ObjectKind, String> below(ObjectKind kind, String id, ObjectKind parent, String parentId) {
        Map<ObjectKind, String> ids = new LinkedHashMap<>();
        ids.put(kind, id);
        ids.put(parent, parentId);
        return ids;
    }
}
