using System.Globalization;
using OnchainMargin.Ethereum.Abi;

namespace OnchainMargin.Ethereum.Generation;

/// <summary>Emits a function's call, its result where it has several values, and the constructor.</summary>
internal sealed class CallEmitter(TypeMap types, MemberEmitter members)
{
    public void Emit(SourceWriter source, AbiFunction function, string stem)
    {
        string name = stem + "Call";
        string[] names = CSharpNames.Properties(function.Inputs, name);
        string? result = function.Outputs.Count switch
        {
            0 => null,
            1 => types.CSharp(function.Outputs[0].Type),
            _ => stem + "Result",
        };
        if (function.Outputs.Count > 1)
        {
            source.Summary($"What <c>{function.Signature}</c> returns.");
            source.Line($"public readonly record struct {result}({members.Declaration(function.Outputs, CSharpNames.Properties(function.Outputs, result!))});");
            source.Line();
        }

        source.Summary($"A call of <c>{function.Signature}</c> ({function.StateMutability}).");
        source.Open($"public sealed record {name}({members.Declaration(function.Inputs, names)}) : IContractCall{(result is null ? "" : $"<{result}>")}");
        source.Summary("The first four bytes of the calldata.");
        source.Line($"public const uint Selector = 0x{function.Selector.ToString("x8", CultureInfo.InvariantCulture)};");
        source.Line();
        source.Line($"string IContractCall.Signature => \"{function.Signature}\";");
        source.Line();
        source.Line("/// <inheritdoc/>");
        source.Open("public byte[] Encode()");
        members.Encode(source, function.Inputs, names, "4", "BinaryPrimitives.WriteUInt32BigEndian(data, Selector);");
        source.Close();
        source.Line();
        EmitDecode(source, function, name);
        if (result is not null)
        {
            EmitResult(source, function, result);
        }

        source.Close();
        source.Line();
    }

    public void EmitConstructor(SourceWriter source, AbiFunction constructor)
    {
        string[] names = CSharpNames.Properties(constructor.Inputs, "Deployment");
        source.Summary($"The deployment with the constructor's arguments <c>{constructor.Signature}</c>.");
        source.Open($"public sealed record Deployment({members.Declaration(constructor.Inputs, names)}) : IContractDeployment");
        source.Line("/// <inheritdoc/>");
        source.Open("public byte[] Encode(ReadOnlySpan<byte> bytecode)");
        members.Encode(source, constructor.Inputs, names, "bytecode.Length", "bytecode.CopyTo(data);");
        source.Close();
        source.Close();
        source.Line();
    }

    private void EmitDecode(SourceWriter source, AbiFunction function, string name)
    {
        source.Summary("Reads the call back from calldata.");
        source.Open($"public static {name} Decode(ReadOnlySpan<byte> calldata)");
        if (function.Inputs.Count == 0)
        {
            source.Line($"AbiSelector.Require(calldata, Selector, \"{function.Signature}\");");
            source.Line($"return new {name}();");
        }
        else
        {
            source.Line($"var reader = new AbiReader(AbiSelector.Require(calldata, Selector, \"{function.Signature}\"));");
            source.Line($"return new {name}({string.Join(", ", members.Read(function.Inputs, "0"))});");
        }

        source.Close();
    }

    private void EmitResult(SourceWriter source, AbiFunction function, string result)
    {
        string values = string.Join(", ", members.Read(function.Outputs, "0"));
        source.Line();
        source.Line("/// <inheritdoc/>");
        source.Open($"public {result} DecodeResult(ReadOnlySpan<byte> data)");
        source.Line("var reader = new AbiReader(data);");
        source.Line(function.Outputs.Count == 1 ? $"return {values};" : $"return new {result}({values});");
        source.Close();
    }
}
