package dev.meseta.agent.hypervisor.libvirt;

import dev.meseta.agent.hypervisor.DomainDefinition;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * What Meseta notes in a domain. A domain with this element was made by Meseta; every other one is external.
 *
 * @param name the VM's name as its user wrote it
 * @param nics what the devices of the domain are in the inventory, which libvirt has no other place for
 */
record DomainMetadata(String name, long desiredVersion, List<Nic> nics) {

    record Nic(UUID nicId, UUID networkId) {}

    DomainMetadata {
        nics = List.copyOf(nics);
    }

    static DomainMetadata of(DomainDefinition definition) {
        return new DomainMetadata(
                definition.name(),
                definition.desiredVersion(),
                definition.nics().stream()
                        .map(nic -> new Nic(nic.nicId(), nic.networkId()))
                        .toList());
    }

    static final String NAMESPACE = "urn:meseta:domain:1";

    private static final System.Logger LOG = System.getLogger(DomainMetadata.class.getName());
    private static final String PREFIX = "meseta";

    void write(XmlText xml) {
        xml.open("metadata")
                .openInNamespace(PREFIX, "domain", NAMESPACE)
                .leafInNamespace(PREFIX, "name", NAMESPACE, name)
                .leafInNamespace(PREFIX, "desiredVersion", NAMESPACE, Long.toString(desiredVersion));
        for (Nic nic : nics) {
            xml.emptyInNamespace(
                    PREFIX,
                    "nic",
                    NAMESPACE,
                    "id",
                    nic.nicId().toString(),
                    "network",
                    nic.networkId().toString());
        }
        xml.close().close();
    }

    /** Empty when the text is not ours after all. */
    static Optional<DomainMetadata> parse(String element) {
        Document document = parseXml(element);
        Element root = document.getDocumentElement();
        String name = childText(root, "name");
        String version = childText(root, "desiredVersion");
        if (!version.matches("\\d{1,18}")) {
            return Optional.empty();
        }
        return Optional.of(new DomainMetadata(name, Long.parseLong(version), nics(root)));
    }

    private static List<Nic> nics(Element root) {
        List<Nic> nics = new ArrayList<>();
        var found = root.getElementsByTagNameNS("*", "nic");
        for (int index = 0; index < found.getLength(); index++) {
            if (found.item(index) instanceof Element nic) {
                try {
                    nics.add(new Nic(
                            UUID.fromString(nic.getAttribute("id")), UUID.fromString(nic.getAttribute("network"))));
                } catch (IllegalArgumentException e) {
                    LOG.log(System.Logger.Level.WARNING, "A domain's metadata names a vNIC without an id", e);
                }
            }
        }
        return nics;
    }

    /** Parses what libvirt answered, without following anything out of it. */
    static Document parseXml(String text) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setNamespaceAware(true);
            return factory.newDocumentBuilder().parse(new InputSource(new StringReader(text)));
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new IllegalStateException("libvirt answered XML that cannot be read", e);
        }
    }

    private static String childText(Element parent, String localName) {
        var found = parent.getElementsByTagNameNS("*", localName);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent();
    }
}
