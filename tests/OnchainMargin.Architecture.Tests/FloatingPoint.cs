using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace OnchainMargin.Architecture.Tests;

/// <summary>Finds floating point in a compiled assembly: fields, signatures, locals, and members called elsewhere.</summary>
internal static class FloatingPoint
{
    private static readonly string[] Types = ["System.Double", "System.Single", "System.Half", "System.Decimal"];
    private static readonly TypeNames Names = new();

    public static IReadOnlyList<string> Uses(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var reader = file.GetMetadataReader();
        var uses = new List<string>();
        foreach (var handle in reader.FieldDefinitions)
        {
            var field = reader.GetFieldDefinition(handle);
            Note(uses, $"field {Owner(reader, field.GetDeclaringType())}.{reader.GetString(field.Name)}", field.DecodeSignature(Names, null));
        }

        foreach (var handle in reader.MethodDefinitions)
        {
            Method(file, reader, reader.GetMethodDefinition(handle), uses);
        }

        foreach (var handle in reader.MemberReferences)
        {
            Member(reader, reader.GetMemberReference(handle), uses);
        }

        for (var row = 1; row <= reader.GetTableRowCount(TableIndex.MethodSpec); row++)
        {
            var specification = reader.GetMethodSpecification(MetadataTokens.MethodSpecificationHandle(row));
            Note(uses, "generic call", string.Join(", ", specification.DecodeSignature(Names, null)));
        }

        return uses;
    }

    private static void Method(PEReader file, MetadataReader reader, MethodDefinition method, List<string> uses)
    {
        var name = $"{Owner(reader, method.GetDeclaringType())}.{reader.GetString(method.Name)}";
        var signature = method.DecodeSignature(Names, null);
        Note(uses, $"signature of {name}", Spell(signature));
        if (method.RelativeVirtualAddress == 0)
        {
            return;
        }

        var locals = file.GetMethodBody(method.RelativeVirtualAddress).LocalSignature;
        if (!locals.IsNil)
        {
            Note(uses, $"local of {name}", string.Join(", ", reader.GetStandaloneSignature(locals).DecodeLocalSignature(Names, null)));
        }
    }

    private static void Member(MetadataReader reader, MemberReference member, List<string> uses)
    {
        var name = reader.GetString(member.Name);
        var parent = member.Parent.Kind switch
        {
            HandleKind.TypeReference => Names.GetTypeFromReference(reader, (TypeReferenceHandle)member.Parent, 0),
            HandleKind.TypeSpecification => Names.GetTypeFromSpecification(reader, null, (TypeSpecificationHandle)member.Parent, 0),
            _ => string.Empty,
        };
        var types = member.GetKind() == MemberReferenceKind.Field
            ? member.DecodeFieldSignature(Names, null)
            : Spell(member.DecodeMethodSignature(Names, null));
        Note(uses, $"use of {parent}.{name}", $"{parent} {types}");
    }

    private static string Spell(MethodSignature<string> signature) => $"{signature.ReturnType} {string.Join(", ", signature.ParameterTypes)}";

    private static string Owner(MetadataReader reader, TypeDefinitionHandle handle) => Names.GetTypeFromDefinition(reader, handle, 0);

    private static void Note(List<string> uses, string where, string types)
    {
        var words = types.Split([' ', ',', '<', '>', '&', '*', '[', ']', '(', ')'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Intersect(Types, StringComparer.Ordinal).FirstOrDefault() is { } found)
        {
            uses.Add($"{where}: {found}");
        }
    }
}
