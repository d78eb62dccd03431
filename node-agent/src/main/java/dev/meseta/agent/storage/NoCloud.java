package dev.meseta.agent.storage;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** The files of a cloud-init NoCloud seed. Every value in them was checked against a pattern when it was decoded. */
final class NoCloud {

    private NoCloud() {}

    /** Contents by file name. */
    static Map<String, String> files(UUID vmId, CloudInit cloudInit) {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("meta-data", "instance-id: " + vmId + "\nlocal-hostname: " + quoted(cloudInit.hostname()) + "\n");
        files.put("network-config", networkConfig(cloudInit));
        files.put("user-data", cloudInit.userData().isEmpty() ? "#cloud-config\n{}\n" : cloudInit.userData());
        return files;
    }

    private static String networkConfig(CloudInit cloudInit) {
        StringBuilder yaml = new StringBuilder("version: 2\n");
        yaml.append(cloudInit.addresses().isEmpty() ? "ethernets: {}\n" : "ethernets:\n");
        int number = 0;
        for (CloudInit.Address address : cloudInit.addresses()) {
            yaml.append("  nic").append(number++).append(":\n");
            yaml.append("    match:\n      macaddress: ")
                    .append(quoted(address.macAddress()))
                    .append('\n');
            if (address.mtu() > 0) {
                yaml.append("    mtu: ").append(address.mtu()).append('\n');
            }
            yaml.append("    addresses:\n      - ")
                    .append(quoted(address.address()))
                    .append('\n');
            address.gateway()
                    .ifPresent(gateway -> yaml.append("    routes:\n      - to: ")
                            .append(gateway.indexOf(':') < 0 ? "\"0.0.0.0/0\"" : "\"::/0\"")
                            .append("\n        via: ")
                            .append(quoted(gateway))
                            .append('\n'));
        }
        return yaml.toString();
    }

    private static String quoted(String value) {
        return '"' + value + '"';
    }
}
