using OnchainMargin.Ethereum.Abi;

namespace OnchainMargin.Ethereum.Generation;

/// <summary>Which C# type stands for which ABI type, and the expressions that write and read one.</summary>
/// <param name="className">The class that the structs are nested in.</param>
/// <param name="shared">Structs that another class has already, by their keys, with their full names.</param>
internal sealed class TypeMap(string className, IReadOnlyDictionary<string, string>? shared = null)
{
    private readonly Dictionary<string, string> _structNames = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _helperNames = new(StringComparer.Ordinal);
    private readonly HashSet<string> _usedStructs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _usedHelpers = new(StringComparer.Ordinal);

    /// <summary>The structs in the order in which they were met, with their C# names.</summary>
    public List<(string Name, AbiType Type)> Structs { get; } = [];

    /// <summary>The arrays in the order in which they were met, with the stems of their helpers' names.</summary>
    public List<(string Stem, AbiType Type)> Arrays { get; } = [];

    /// <summary>The structs by their keys, with their names.</summary>
    public IReadOnlyDictionary<string, string> Names => _structNames;

    /// <summary>Takes in a type with everything inside it.</summary>
    public void Collect(IReadOnlyList<AbiParameter> parameters)
    {
        foreach (AbiParameter parameter in parameters)
        {
            Collect(parameter.Type, parameter.Name);
        }
    }

    public string CSharp(AbiType type) => type.Kind switch
    {
        AbiKind.UnsignedInteger => Integer(type.Size, "byte", "ushort", "uint", "ulong", "UInt128", "UInt256"),
        AbiKind.SignedInteger => Integer(type.Size, "sbyte", "short", "int", "long", "Int128", "Int256"),
        AbiKind.Boolean => "bool",
        AbiKind.Address => "Address",
        AbiKind.FixedBytes => "Hash32",
        AbiKind.Bytes => "byte[]",
        AbiKind.Text => "string",
        AbiKind.Tuple => _structNames[Key(type)],
        _ => CSharp(type.Element!) + "[]",
    };

    /// <summary>The statement that writes a value.</summary>
    public string Write(AbiType type, string value, string at, string frame)
    {
        switch (type.Kind)
        {
            case AbiKind.UnsignedInteger or AbiKind.SignedInteger:
                string width = Width(type);
                bool exact = type.Size is 8 or 16 or 32 or 64 or 128 or 256;
                return $"writer.Write{width}({at}, {(exact ? value : $"AbiRange.Require{width}({value}, {type.Size})")});";
            case AbiKind.Boolean:
                return $"writer.WriteBool({at}, {value});";
            case AbiKind.Address:
                return $"writer.WriteAddress({at}, {value});";
            case AbiKind.FixedBytes:
                return $"writer.WriteHash32({at}, {(type.Size == 32 ? value : $"AbiRange.RequireFixedBytes({value}, {type.Size})")});";
            case AbiKind.Bytes:
                return $"writer.WriteBytes({at}, {frame}, {value});";
            case AbiKind.Text:
                return $"writer.WriteString({at}, {frame}, {value});";
            case AbiKind.Tuple when type.IsDynamic:
                return $"writer.WriteOffset({at}, {frame}); {value}.Write(ref writer, writer.Reserve({Qualified(type)}.FrameSize));";
            case AbiKind.Tuple:
                return $"{value}.Write(ref writer, {at});";
            default:
                return $"Write{Stem(type)}(ref writer, {at}, {frame}, {value});";
        }
    }

    /// <summary>The expression that reads a value.</summary>
    public string Read(AbiType type, string reader, string at, string frame) => type.Kind switch
    {
        AbiKind.UnsignedInteger or AbiKind.SignedInteger => type.Size is 64 or > 64 || CSharp(type) is "ulong" or "long"
            ? $"{reader}.Read{Width(type)}({at}, {type.Size})"
            : $"({CSharp(type)}){reader}.Read{Width(type)}({at}, {type.Size})",
        AbiKind.Boolean => $"{reader}.ReadBool({at})",
        AbiKind.Address => $"{reader}.ReadAddress({at})",
        AbiKind.FixedBytes => $"{reader}.ReadFixedBytes({at}, {type.Size})",
        AbiKind.Bytes => $"{reader}.ReadBytes({at}, {frame})",
        AbiKind.Text => $"{reader}.ReadString({at}, {frame})",
        AbiKind.Tuple when type.IsDynamic => $"{Qualified(type)}.Read(ref {reader}, {reader}.ReadOffset({at}, {frame}))",
        AbiKind.Tuple => $"{Qualified(type)}.Read(ref {reader}, {at})",
        _ => $"Read{Stem(type)}(ref {reader}, {at}, {frame})",
    };

    /// <summary>The expression for the bytes a dynamic value takes behind the heads.</summary>
    public string TailSize(AbiType type, string value) => type.Kind switch
    {
        AbiKind.Bytes or AbiKind.Text => $"AbiSize.Of({value})",
        AbiKind.Tuple => $"{Qualified(type)}.FrameSize + {value}.TailSize()",
        _ => $"Size{Stem(type)}({value})",
    };

    private static string Integer(int bits, params ReadOnlySpan<string> names) => bits switch
    {
        8 => names[0],
        16 => names[1],
        <= 32 => names[2],
        <= 64 => names[3],
        <= 128 => names[4],
        _ => names[5],
    };

    private static string Width(AbiType type) =>
        (type.Kind == AbiKind.UnsignedInteger ? "U" : "") + (type.Size <= 64 ? "Int64" : type.Size <= 128 ? "Int128" : "Int256");

    /// <summary>Structs are the same when their names, member names and member types are.</summary>
    internal static string Key(AbiType type) => type.Kind == AbiKind.Tuple
        ? $"{type.StructName}{{{string.Join(',', type.Components.Select(static member => $"{member.Name} {Key(member.Type)}"))}}}"
        : type.Element is null ? type.Canonical : $"{Key(type.Element)}[{(type.Kind == AbiKind.Array ? "" : type.Size)}]";

    /// <summary>A struct's static members by its full name: a property may carry the struct's short one.</summary>
    private string Qualified(AbiType type) => shared?.ContainsKey(Key(type)) == true ? CSharp(type) : $"{className}.{CSharp(type)}";

    private string Stem(AbiType type) => _helperNames[Key(type)];

    private void Collect(AbiType type, string name)
    {
        if (type.Kind == AbiKind.Tuple && shared?.TryGetValue(Key(type), out string? fullName) == true)
        {
            _structNames[Key(type)] = fullName;
        }
        else if (type.Kind == AbiKind.Tuple && !_structNames.ContainsKey(Key(type)))
        {
            Collect(type.Components);
            string stem = type.StructName ?? CSharpNames.Pascal(name.Length > 0 ? name : "Item") + "Tuple";
            string unique = CSharpNames.Unique(_usedStructs, CSharpNames.Pascal(stem));
            _structNames[Key(type)] = unique;
            Structs.Add((unique, type));
        }
        else if (type.Kind is AbiKind.Array or AbiKind.FixedArray && !_helperNames.ContainsKey(Key(type)))
        {
            Collect(type.Element!, name);
            string stem = CSharpNames.Unique(_usedHelpers, CSharpNames.Mangle(type));
            _helperNames[Key(type)] = stem;
            Arrays.Add((stem, type));
        }
    }
}
