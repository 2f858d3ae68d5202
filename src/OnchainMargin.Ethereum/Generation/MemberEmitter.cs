using System.Globalization;
using OnchainMargin.Ethereum.Abi;

namespace OnchainMargin.Ethereum.Generation;

/// <summary>Emits the writing, measuring and reading of a row of members whose positions are known when the code is written.</summary>
internal sealed class MemberEmitter(TypeMap types)
{
    /// <summary>"Address Token, UInt256 Amount".</summary>
    public string Declaration(IReadOnlyList<AbiParameter> parameters, string[] names, Func<AbiParameter, string>? map = null) =>
        string.Join(", ", parameters.Select((parameter, i) => $"{map?.Invoke(parameter) ?? types.CSharp(parameter.Type)} {names[i]}"));

    /// <summary>The statements that write the members into a frame.</summary>
    public void Write(SourceWriter source, IReadOnlyList<AbiParameter> parameters, string[] names)
    {
        int at = 0;
        for (int i = 0; i < names.Length; i++)
        {
            source.Line(types.Write(parameters[i].Type, names[i], Position("frame", at), "frame"));
            at += parameters[i].Type.HeadSize;
        }
    }

    /// <summary>The expression for the bytes behind the heads; "0" when there are none.</summary>
    public string TailSize(IReadOnlyList<AbiParameter> parameters, string[] names)
    {
        var parts = new List<string>();
        for (int i = 0; i < names.Length; i++)
        {
            if (parameters[i].Type.IsDynamic)
            {
                parts.Add(types.TailSize(parameters[i].Type, names[i]));
            }
        }

        return parts.Count > 0 ? string.Join(" + ", parts) : "0";
    }

    /// <summary>The expressions that read the members from a frame.</summary>
    public IEnumerable<string> Read(IReadOnlyList<AbiParameter> parameters, string frame)
    {
        int at = 0;
        foreach (AbiParameter parameter in parameters)
        {
            yield return types.Read(parameter.Type, "reader", Position(frame, at), frame);
            at += parameter.Type.HeadSize;
        }
    }

    /// <summary>The body of a method that encodes the members behind a prefix of bytes.</summary>
    public void Encode(SourceWriter source, IReadOnlyList<AbiParameter> parameters, string[] names, string prefix, string prefixStatement)
    {
        string size = $"{prefix} + {AbiType.FrameSizeOf(parameters).ToString(CultureInfo.InvariantCulture)}";
        string tail = TailSize(parameters, names);
        source.Line($"var data = new byte[{size}{(tail is "0" ? "" : $" + {tail}")}];");
        source.Line(prefixStatement);
        if (names.Length > 0)
        {
            source.Line($"var writer = new AbiWriter(data.AsSpan({prefix}));");
            source.Line($"int frame = writer.Reserve({AbiType.FrameSizeOf(parameters).ToString(CultureInfo.InvariantCulture)});");
            Write(source, parameters, names);
        }

        source.Line("return data;");
    }

    private static string Position(string frame, int at) => frame is "0"
        ? at.ToString(CultureInfo.InvariantCulture)
        : at == 0 ? frame : string.Create(CultureInfo.InvariantCulture, $"{frame} + {at}");
}
