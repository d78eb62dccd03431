package dev.meseta.agent.hypervisor.libvirt;

import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes indented XML through StAX, which does all the quoting. */
final class XmlText {

    private static final String INDENT = "  ";

    private final StringWriter text = new StringWriter();
    private final XMLStreamWriter writer;
    private int depth;

    XmlText() {
        try {
            writer = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
        } catch (XMLStreamException e) {
            throw new IllegalStateException("no XML writer in this JDK", e);
        }
    }

    /** Alternating names and values. */
    XmlText open(String element, String... attributes) {
        return write(() -> {
            indent();
            writer.writeStartElement(element);
            writeAttributes(attributes);
            depth++;
        });
    }

    XmlText close() {
        return write(() -> {
            depth--;
            indent();
            writer.writeEndElement();
        });
    }

    XmlText empty(String element, String... attributes) {
        return write(() -> {
            indent();
            writer.writeEmptyElement(element);
            writeAttributes(attributes);
        });
    }

    XmlText leaf(String element, String content, String... attributes) {
        refuseIllegalCharacters(content);
        return write(() -> {
            indent();
            writer.writeStartElement(element);
            writeAttributes(attributes);
            writer.writeCharacters(content);
            writer.writeEndElement();
        });
    }

    /** An element of a namespace that is declared on it. */
    XmlText openInNamespace(String prefix, String element, String namespace) {
        return write(() -> {
            indent();
            writer.writeStartElement(prefix, element, namespace);
            writer.writeNamespace(prefix, namespace);
            depth++;
        });
    }

    /** An empty element of a namespace that an ancestor declares; attributes are alternating names and values. */
    XmlText emptyInNamespace(String prefix, String element, String namespace, String... attributes) {
        return write(() -> {
            indent();
            writer.writeEmptyElement(prefix, element, namespace);
            writeAttributes(attributes);
        });
    }

    /** A leaf of a namespace that an ancestor declares. */
    XmlText leafInNamespace(String prefix, String element, String namespace, String content) {
        refuseIllegalCharacters(content);
        return write(() -> {
            indent();
            writer.writeStartElement(prefix, element, namespace);
            writer.writeCharacters(content);
            writer.writeEndElement();
        });
    }

    String finish() {
        write(writer::writeEndDocument);
        return text.append('\n').toString();
    }

    private void writeAttributes(String... attributes) throws XMLStreamException {
        for (int i = 0; i < attributes.length; i += 2) {
            refuseIllegalCharacters(attributes[i + 1]);
            writer.writeAttribute(attributes[i], attributes[i + 1]);
        }
    }

    private void indent() throws XMLStreamException {
        if (depth > 0 || !text.getBuffer().isEmpty()) {
            writer.writeCharacters("\n" + INDENT.repeat(depth));
        }
    }

    private XmlText write(Step step) {
        try {
            step.run();
            return this;
        } catch (XMLStreamException e) {
            throw new IllegalStateException("XML cannot be written to memory", e);
        }
    }

    /** XML 1.0 has no way at all to say some characters; the JDK's writer would pass them through. */
    private static void refuseIllegalCharacters(String content) {
        content.codePoints()
                .filter(character -> !isLegal(character))
                .findFirst()
                .ifPresent(character -> {
                    throw new IllegalArgumentException(
                            "character U+%04X cannot be part of a domain's definition".formatted(character));
                });
    }

    private static boolean isLegal(int character) {
        return character == '\t'
                || character == '\n'
                || (character >= 0x20 && character <= 0xD7FF)
                || (character >= 0xE000 && character <= 0xFFFD)
                || (character >= 0x10000 && character <= 0x10FFFF);
    }

    @FunctionalInterface
    private interface Step {

        void run() throws XMLStreamException;
    }
}
