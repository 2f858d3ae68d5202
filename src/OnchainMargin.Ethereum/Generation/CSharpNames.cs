using System.Globalization;
using System.Text;
using OnchainMargin.Ethereum.Abi;

namespace OnchainMargin.Ethereum.Generation;

/// <summary>Turns Solidity names into C# names.</summary>
internal static class CSharpNames
{
    /// <summary>Names that generated types use themselves, so that no parameter may take them.</summary>
    private static readonly HashSet<string> Taken = new(StringComparer.Ordinal)
    {
        "Encode", "Decode", "TryDecode", "DecodeResult", "Selector", "Topic", "FunctionSignature", "EventSignature", "ErrorSignature",
        "FrameSize", "TailSize", "Write", "Read", "Equals", "GetHashCode", "ToString", "Deconstruct", "GetType", "PrintMembers", "EqualityContract", "Clone",
        "MemberwiseClone", "Finalize", "ReferenceEquals",
    };

    /// <summary>"_max_size" and "maxSize" both give "MaxSize".</summary>
    public static string Pascal(string name)
    {
        var text = new StringBuilder(name.Length);
        bool capital = true;
        foreach (char letter in name)
        {
            if (letter is '_' or '$' && !(letter == '_' && text.Length > 0 && char.IsAsciiDigit(text[^1])))
            {
                capital = true;
                continue;
            }

            text.Append(capital ? char.ToUpperInvariant(letter) : letter);
            capital = false;
        }

        return text.Length > 0 && !char.IsAsciiDigit(text[0]) ? text.ToString() : $"Value{text}";
    }

    /// <summary>One property name per parameter, none of them taken, equal or the type's own.</summary>
    public static string[] Properties(IReadOnlyList<AbiParameter> parameters, string typeName)
    {
        var used = new HashSet<string>(Taken, StringComparer.Ordinal) { typeName };
        var names = new string[parameters.Count];
        for (int i = 0; i < names.Length; i++)
        {
            string name = parameters[i].Name.Length > 0
                ? Pascal(parameters[i].Name)
                : string.Create(CultureInfo.InvariantCulture, $"Item{i + 1}");
            names[i] = Unique(used, used.Contains(name) ? name + "Value" : name);
        }

        return names;
    }

    /// <summary>Adds a number to a name that is in use, and notes the name as used.</summary>
    public static string Unique(HashSet<string> used, string name)
    {
        string unique = name;
        for (int number = 2; !used.Add(unique); number++)
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{name}{number}");
        }

        return unique;
    }

    /// <summary>A name for one of several functions, events or errors that share theirs: the types of the parameters follow it.</summary>
    public static string Overload(string name, IReadOnlyList<AbiParameter> inputs) =>
        name + string.Concat(inputs.Select(static input => Pascal(Mangle(input.Type))));

    /// <summary>"uint40[3][]" gives "Uint40Array3Array".</summary>
    public static string Mangle(AbiType type) => type.Kind switch
    {
        AbiKind.Array => Mangle(type.Element!) + "Array",
        AbiKind.FixedArray => string.Create(CultureInfo.InvariantCulture, $"{Mangle(type.Element!)}Array{type.Size}"),
        AbiKind.Tuple => type.StructName ?? "Tuple",
        _ => Pascal(type.Canonical),
    };
}
