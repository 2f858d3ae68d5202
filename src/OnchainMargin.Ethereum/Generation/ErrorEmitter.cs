using System.Globalization;
using OnchainMargin.Ethereum.Abi;

namespace OnchainMargin.Ethereum.Generation;

/// <summary>Emits a custom error.</summary>
internal sealed class ErrorEmitter(MemberEmitter members)
{
    public void Emit(SourceWriter source, AbiError error, string stem)
    {
        string name = stem + "Error";
        string[] names = CSharpNames.Properties(error.Inputs, name);
        source.Summary($"The error <c>{error.Signature}</c>.");
        source.Open($"public readonly record struct {name}({members.Declaration(error.Inputs, names)}) : IContractError");
        source.Summary("The first four bytes of the revert data.");
        source.Line($"public const uint Selector = 0x{error.Selector.ToString("x8", CultureInfo.InvariantCulture)};");
        source.Line();
        source.Line($"string IContractError.ErrorName => \"{error.Name}\";");
        source.Line();
        source.Line($"IReadOnlyList<(string Name, object Value)> IContractError.Arguments => [{string.Join(", ", error.Inputs.Zip(names, static (input, property) => $"(\"{input.Name}\", {property})"))}];");
        source.Line();
        source.Summary("Reads the error from revert data.");
        source.Open($"public static {name} Decode(ReadOnlySpan<byte> data)");
        if (names.Length == 0)
        {
            source.Line($"AbiSelector.Require(data, Selector, \"{error.Signature}\");");
            source.Line("return default;");
        }
        else
        {
            source.Line($"var reader = new AbiReader(AbiSelector.Require(data, Selector, \"{error.Signature}\"));");
            source.Line($"return new {name}({string.Join(", ", members.Read(error.Inputs, "0"))});");
        }

        source.Close();
        source.Close();
        source.Line();
    }
}
