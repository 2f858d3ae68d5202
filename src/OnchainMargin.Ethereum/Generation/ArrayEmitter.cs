using System.Globalization;
using OnchainMargin.Ethereum.Abi;

namespace OnchainMargin.Ethereum.Generation;

/// <summary>Emits the helpers that measure, write and read one type of array.</summary>
internal sealed class ArrayEmitter(TypeMap types)
{
    public void Emit(SourceWriter source, string stem, AbiType type)
    {
        AbiType element = type.Element!;
        string csharp = types.CSharp(type);
        string size = element.HeadSize.ToString(CultureInfo.InvariantCulture);
        if (type.IsDynamic)
        {
            EmitSize(source, stem, type, csharp, size);
        }

        source.Open($"private static void Write{stem}(ref AbiWriter writer, int at, int frame, {csharp}? values)");
        source.Line("values ??= [];");
        if (type.Kind == AbiKind.FixedArray)
        {
            source.Line($"AbiRange.RequireLength(values.Length, {type.Size.ToString(CultureInfo.InvariantCulture)});");
        }

        if (type.IsDynamic)
        {
            source.Line("writer.WriteOffset(at, frame);");
            if (type.Kind == AbiKind.Array)
            {
                source.Line("writer.WriteLength(values.Length);");
            }

            source.Line($"at = writer.Reserve(values.Length * {size});");
        }

        source.Open("for (int i = 0; i < values.Length; i++)");
        source.Line(types.Write(element, "values[i]", $"at + (i * {size})", "at"));
        source.Close();
        source.Close();
        source.Line();
        EmitRead(source, stem, type, size);
    }

    private void EmitSize(SourceWriter source, string stem, AbiType type, string csharp, string size)
    {
        source.Open($"private static int Size{stem}({csharp}? values)");
        source.Line("values ??= [];");
        source.Line($"int size = {(type.Kind == AbiKind.Array ? "32 + " : "")}(values.Length * {size});");
        if (type.Element!.IsDynamic)
        {
            source.Open("for (int i = 0; i < values.Length; i++)");
            source.Line($"size += {types.TailSize(type.Element, "values[i]")};");
            source.Close();
        }

        source.Line("return size;");
        source.Close();
        source.Line();
    }

    private void EmitRead(SourceWriter source, string stem, AbiType type, string size)
    {
        string csharp = types.CSharp(type);
        int open = csharp.IndexOf("[]", StringComparison.Ordinal);
        source.Open($"private static {csharp} Read{stem}(ref AbiReader reader, int at, int frame)");
        if (type.IsDynamic)
        {
            source.Line("at = reader.ReadOffset(at, frame);");
        }

        if (type.Kind == AbiKind.Array)
        {
            source.Line($"int count = reader.ReadLength(at, {size});");
            source.Line("at += 32;");
        }
        else
        {
            source.Line($"const int count = {type.Size.ToString(CultureInfo.InvariantCulture)};");
            source.Line($"reader.RequireRoom(at, count * (long){size});");
        }

        source.Line($"var values = new {csharp[..open]}[count]{csharp[(open + 2)..]};");
        source.Open("for (int i = 0; i < count; i++)");
        source.Line($"values[i] = {types.Read(type.Element!, "reader", $"at + (i * {size})", "at")};");
        source.Close();
        source.Line("return values;");
        source.Close();
        source.Line();
    }
}
