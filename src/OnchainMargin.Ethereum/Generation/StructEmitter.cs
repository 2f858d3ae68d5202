using System.Globalization;
using OnchainMargin.Ethereum.Abi;

namespace OnchainMargin.Ethereum.Generation;

/// <summary>Emits a struct of the contract as a record struct.</summary>
internal sealed class StructEmitter(TypeMap types, MemberEmitter members)
{
    public void Emit(SourceWriter source, string name, AbiType type)
    {
        string[] names = CSharpNames.Properties(type.Components, name);
        source.Summary($"The contract's struct <c>{type.StructName ?? "(unnamed)"}</c>: <c>{type.Canonical}</c>.");
        source.Open($"public readonly record struct {name}({members.Declaration(type.Components, names)})");
        source.Line($"internal const int FrameSize = {type.FrameSize.ToString(CultureInfo.InvariantCulture)};");
        source.Line();
        EmitPublicForm(source, name, type);
        source.Line();
        if (type.IsDynamic)
        {
            source.Line($"internal int TailSize() => {members.TailSize(type.Components, names)};");
            source.Line();
        }

        source.Open("internal void Write(ref AbiWriter writer, int frame)");
        members.Write(source, type.Components, names);
        source.Close();
        source.Line();
        source.Open($"internal static {name} Read(ref AbiReader reader, int frame)");
        if (type.IsDynamic)
        {
            source.Line("reader.RequireRoom(frame, FrameSize);");
        }

        source.Line($"return new {name}(");
        string[] reads = [.. members.Read(type.Components, "frame")];
        for (int i = 0; i < reads.Length; i++)
        {
            source.Line($"    {reads[i]}{(i == reads.Length - 1 ? ");" : ",")}");
        }

        if (reads.Length == 0)
        {
            source.Line("    );");
        }

        source.Close();
        source.Close();
        source.Line();
    }

    /// <summary><c>abi.encode(value)</c> and its inverse.</summary>
    private void EmitPublicForm(SourceWriter source, string name, AbiType type)
    {
        string tail = type.IsDynamic ? $"32 + {types.TailSize(type, "this")}" : "FrameSize";
        source.Summary("What <c>abi.encode</c> of this struct gives.");
        source.Open("public byte[] Encode()");
        source.Line($"var data = new byte[{tail}];");
        source.Line("var writer = new AbiWriter(data);");
        source.Line("int head = writer.Reserve(" + (type.IsDynamic ? "32" : "FrameSize") + ");");
        source.Line(types.Write(type, "this", "head", "head"));
        source.Line("return data;");
        source.Close();
        source.Line();
        source.Summary("Reads what <c>abi.encode</c> of this struct gave.");
        source.Open($"public static {name} Decode(ReadOnlySpan<byte> data)");
        source.Line("var reader = new AbiReader(data);");
        source.Line($"return {types.Read(type, "reader", "0", "0")};");
        source.Close();
    }
}
