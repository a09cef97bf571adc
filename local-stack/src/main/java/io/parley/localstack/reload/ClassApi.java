package io.parley.localstack.reload;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;

/**
 * What other sources can have been compiled against: everything of a class but its private members,
 * the code of its methods, and its annotations. While that stays, nothing else need be compiled.
 *
 * @param parts in the order of the class file, as the constants of an enum have one
 */
record ClassApi(List<String> parts) {

  static ClassApi of(byte[] classFile) {
    ClassModel model = ClassFile.of().parse(classFile);
    List<String> parts = new ArrayList<>();
    parts.add(model.thisClass().asInternalName() + " " + model.flags().flagsMask());
    model.superclass().ifPresent(type -> parts.add("extends " + type.asInternalName()));
    parts.add("implements " + names(model.interfaces()));
    model
        .findAttribute(Attributes.signature())
        .ifPresent(signature -> parts.add(signature.signature().stringValue()));
    model
        .findAttribute(Attributes.permittedSubclasses())
        .ifPresent(permitted -> parts.add("permits " + names(permitted.permittedSubclasses())));
    model
        .findAttribute(Attributes.record())
        .ifPresent(
            record ->
                record
                    .components()
                    .forEach(part -> parts.add("component " + part.name() + part.descriptor())));
    // A nested class has there what its source says of it: private, static.
    model
        .findAttribute(Attributes.innerClasses())
        .ifPresent(
            nested ->
                nested.classes().stream()
                    .filter(one -> one.innerClass().equals(model.thisClass()))
                    .forEach(one -> parts.add("nested " + one.flagsMask())));
    for (FieldModel field : model.fields()) {
      if (!field.flags().has(AccessFlag.PRIVATE)) {
        parts.add(field(field));
      }
    }
    for (MethodModel method : model.methods()) {
      if (!method.flags().has(AccessFlag.PRIVATE)) {
        parts.add(method(method));
      }
    }
    return new ClassApi(List.copyOf(parts));
  }

  private static String field(FieldModel field) {
    return "%d %s %s %s %s"
        .formatted(
            field.flags().flagsMask(),
            field.fieldName().stringValue(),
            field.fieldType().stringValue(),
            field
                .findAttribute(Attributes.signature())
                .map(signature -> signature.signature().stringValue())
                .orElse(""),
            // Copied into whatever names it.
            field
                .findAttribute(Attributes.constantValue())
                .map(constant -> constant.constant().constantValue().toString())
                .orElse(""));
  }

  private static String method(MethodModel method) {
    return "%d %s %s %s %s %s"
        .formatted(
            method.flags().flagsMask(),
            method.methodName().stringValue(),
            method.methodType().stringValue(),
            method
                .findAttribute(Attributes.signature())
                .map(signature -> signature.signature().stringValue())
                .orElse(""),
            method
                .findAttribute(Attributes.exceptions())
                .map(thrown -> names(thrown.exceptions()))
                .orElse(""),
            // Whether an annotation's member may be left out.
            method.findAttribute(Attributes.annotationDefault()).isPresent());
  }

  private static String names(List<ClassEntry> types) {
    return types.stream().map(ClassEntry::asInternalName).toList().toString();
  }
}
