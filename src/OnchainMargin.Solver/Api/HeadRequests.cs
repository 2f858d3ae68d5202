namespace OnchainMargin.Solver.Api;

/// <summary>Answers HEAD as GET is answered, without the body. What never ends has no answer whose length or tag could be told, and is refused as before.</summary>
internal static class HeadRequests
{
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!HttpMethods.IsHead(context.Request.Method) || EntityTags.NeverEnds(context.Request.Path))
        {
            await next(context);
            return;
        }

        Stream outer = context.Response.Body;
        context.Request.Method = HttpMethods.Get;
        context.Response.Body = Stream.Null;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = outer;
            context.Request.Method = HttpMethods.Head;
        }
    }
}
